/** Every feature of the contract, by its name. */
import type { Features } from './contract.ts';
import { insertRows } from './engine/insert-rows.ts';
import { places } from './engine/places.ts';
import { transactions } from './engine/transactions.ts';
import { words } from './engine/words.ts';
import { erasures } from './journal/erasures.ts';
import { resume } from './journal/resume.ts';
import { writes } from './journal/writes.ts';
import { files } from './kept/files.ts';
import { sessionsAndJobs } from './kept/sessions-and-jobs.ts';
import { knowledge } from './memory/knowledge.ts';
import { memories } from './memory/memories.ts';
import { pages } from './messages/pages.ts';
import { search } from './messages/search.ts';
import { lists } from './rooms/lists.ts';
import { people } from './rooms/people.ts';
import { rooms } from './rooms/rooms.ts';
import { servers } from './rooms/servers.ts';
import { socketSessions } from './rooms/socket-sessions.ts';
import { claims } from './turns/claims.ts';
import { endings } from './turns/endings.ts';
import { runs } from './turns/runs.ts';

export const features: Features = {
  transactions,
  'rows that are inserted': insertRows,
  places,
  'words of SQL': words,
  rooms,
  'lists of rooms': lists,
  'people of rooms': people,
  'servers and worlds': servers,
  'sessions of sockets': socketSessions,
  'pages of messages': pages,
  'search and answers': search,
  'claims of turns': claims,
  'ends of turns and questions': endings,
  'runs, traces and agents': runs,
  'writes of the journal': writes,
  'reads of the journal': resume,
  'deletions and changes of rooms': erasures,
  memories,
  'knowledge and memories of agents': knowledge,
  'chat sessions and jobs': sessionsAndJobs,
  'files and log lines': files,
};
