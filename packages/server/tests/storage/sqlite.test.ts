/** SQLite keeps the contract of the storage floor. */
import { openNewSqlite } from '../support/sqlite-engine.ts';
import { runStorageContract } from './contract/contract.ts';
import { features } from './contract/features.ts';

runStorageContract('SQLite', openNewSqlite, features);
