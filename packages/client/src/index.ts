/** `elizad-client`: rooms and agents from a browser or Node, typed, over stock socket.io-client. */

export type { Attachment, Message, Outcome, ServerToClientEvents } from 'elizad-protocol';
export {
  type Client,
  type ConnectOptions,
  connect,
  type Joined,
  RequestFailed,
  type Sent,
  type Welcome,
} from './client.ts';
