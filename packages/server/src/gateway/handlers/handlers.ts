/** Stop 2 of the walk: one handler for each intent. The table is complete by its type. */
import type { IntentName } from 'elizad-protocol';
import { answerApproval } from './answer-approval.ts';
import { cancelTurns } from './cancel-turns.ts';
import { freezeChannel } from './freeze-channel.ts';
import { getWorldState } from './get-world-state.ts';
import type { Handler } from './handler.ts';
import { joinChannel } from './join-channel.ts';
import { leaveChannel } from './leave-channel.ts';
import { sendMessage } from './send-message.ts';
import { setTyping } from './set-typing.ts';
import { subscribeLogs, unsubscribeLogs, updateLogFilters } from './subscribe-logs.ts';
import { subscribeWire, unsubscribeWire } from './subscribe-wire.ts';

export const handlers: { readonly [I in IntentName]: Handler<I> } = {
  'join-channel': joinChannel,
  'leave-channel': leaveChannel,
  'send-message': sendMessage,
  'get-world-state': getWorldState,
  'set-typing': setTyping,
  'cancel-turns': cancelTurns,
  'freeze-channel': freezeChannel,
  'answer-approval': answerApproval,
  'subscribe-logs': subscribeLogs,
  'unsubscribe-logs': unsubscribeLogs,
  'update-log-filters': updateLogFilters,
  'subscribe-wire': subscribeWire,
  'unsubscribe-wire': unsubscribeWire,
};
