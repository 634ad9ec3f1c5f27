/** A walk as it happens and as its page in docs/ has it: the spans of this process, and the numbered stops with their links. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { WalkSpan, WalkStop } from '../../src/observability/walk.ts';

const docs = new URL('../../../../docs/', import.meta.url);

/** Every span from now on, until the test is over. */
export function recordSpans(t: TestContext): WalkSpan[] {
  const spans: WalkSpan[] = [];
  const record = (span: unknown) => spans.push(span as WalkSpan);
  subscribe('elizad:walk', record);
  t.after(() => unsubscribe('elizad:walk', record));
  return spans;
}

/** Stop and key of each span. Throws where one is older than the span before it. */
export function listPassed(spans: readonly WalkSpan[]): [WalkStop, string | undefined][] {
  assert.ok(spans.every(({ at }, index) => index === 0 || at >= (spans[index - 1] as WalkSpan).at));
  return spans.map(({ stop, key }) => [stop, key]);
}

/** The numbered stops of a page, in order. Throws where the numbers have a gap, or a stop links to a file that is not there. */
export function readStops(page: string): string[] {
  const items = readFileSync(new URL(page, docs), 'utf8').matchAll(
    /^(\d+)\. \*\*`([^`]+)`\*\*: \[([^\]]+)\]\(([^)]+)\)/gm,
  );
  return Array.from(items, ([, number, stop = '', name = '', path = ''], index) => {
    assert.equal(Number(number), index + 1, `${page} numbers ${stop}`);
    assert.ok(path.endsWith(name) && existsSync(new URL(path, docs)), `${page}: ${path} is there`);
    return stop;
  });
}
