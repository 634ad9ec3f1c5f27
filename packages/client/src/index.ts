/** `elizad-client`: rooms and agents from a browser or Node, typed, over stock socket.io-client. */

export type {
  Attachment,
  ErrorDetails,
  Message,
  Outcome,
  ServerToClientEvents,
  TurnEnd,
  WireOutPayload,
} from 'elizad-protocol';
export type { RestInput, RestOutput, RestRowName } from 'elizad-protocol/rest';
export {
  type Client,
  type ConnectOptions,
  connect,
  type Joined,
  type Sent,
  type Welcome,
} from './client.ts';
export type { Http, Upload } from './http.ts';
export { newId } from './new-id.ts';
export { RequestFailed } from './request-failed.ts';
export { readServerAddress, type ServerAddress } from './server-address.ts';
