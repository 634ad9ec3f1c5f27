/** How long a session lasts: what it asks for before what its agent says, and that before the settings of the server. */
import { ElizadError } from 'elizad-protocol';

/** In minutes. */
export type SessionTimeouts = {
  timeoutMinutes: number;
  autoRenew: boolean;
  maxDurationMinutes: number;
  warningThresholdMinutes: number;
};

export type SessionLimits = SessionTimeouts & { minTimeoutMinutes: number; maxTimeoutMinutes: number };

type Asked = { [K in keyof SessionTimeouts]?: SessionTimeouts[K] | undefined };

const minuteMs = 60_000;
const mostMinutes = 525_600;

/** What holds for a new session; what is out of range is the nearest that is not. `settings` are those of its character. */
export function chooseTimeouts(
  asked: Asked,
  settings: Readonly<Record<string, unknown>>,
  limits: SessionLimits,
): SessionTimeouts {
  const minutesOf = (name: string): number | undefined => {
    const value = settings[name];
    const minutes = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof minutes === 'number' && Number.isFinite(minutes) ? minutes : undefined;
  };
  const renews = settings.SESSION_AUTO_RENEW;
  const timeoutMinutes = between(
    limits.minTimeoutMinutes,
    asked.timeoutMinutes ?? minutesOf('SESSION_TIMEOUT_MINUTES') ?? limits.timeoutMinutes,
    limits.maxTimeoutMinutes,
  );
  return {
    timeoutMinutes,
    autoRenew: asked.autoRenew ?? (renews === undefined ? limits.autoRenew : String(renews) === 'true'),
    maxDurationMinutes: between(
      timeoutMinutes,
      asked.maxDurationMinutes ?? minutesOf('SESSION_MAX_DURATION_MINUTES') ?? limits.maxDurationMinutes,
      mostMinutes,
    ),
    warningThresholdMinutes: between(
      0,
      asked.warningThresholdMinutes ?? minutesOf('SESSION_WARNING_THRESHOLD_MINUTES') ?? limits.warningThresholdMinutes,
      timeoutMinutes,
    ),
  };
}

const between = (least: number, value: number, most: number): number =>
  Math.min(Math.max(Math.round(value), least), Math.max(least, most));

/** What holds after a change. Throws `invalid-payload` with every value that is out of range. */
export function changeTimeouts(current: SessionTimeouts, asked: Asked, limits: SessionLimits): SessionTimeouts {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const next = { ...current, ...given };
  const ranges = [
    ['timeoutMinutes', limits.minTimeoutMinutes, limits.maxTimeoutMinutes],
    ['maxDurationMinutes', next.timeoutMinutes, mostMinutes],
    ['warningThresholdMinutes', 0, next.timeoutMinutes],
  ] as const;
  const issues = ranges.flatMap(([path, least, most]) => {
    const value = next[path];
    const fits = Number.isInteger(value) && value >= least && value <= most;
    return fits ? [] : [{ path, message: `expected whole minutes from ${least} to ${most}, got ${value}` }];
  });
  if (issues.length > 0) throw new ElizadError('invalid-payload', { issues });
  return next;
}

/** When a session ends that is used at `now`, and when its room is warned. */
export function reckonEnd(timeouts: SessionTimeouts, createdAt: number, now: number) {
  const last = createdAt + timeouts.maxDurationMinutes * minuteMs;
  const expires_at = Math.min(now + timeouts.timeoutMinutes * minuteMs, last);
  return { expires_at, warn_at: expires_at - timeouts.warningThresholdMinutes * minuteMs, isLast: expires_at === last };
}

/** Whether the warning of a session is due, or was given. */
export const isNearEnd = (timeouts: SessionTimeouts, expiresAt: number, now: number): boolean =>
  expiresAt - now <= timeouts.warningThresholdMinutes * minuteMs;
