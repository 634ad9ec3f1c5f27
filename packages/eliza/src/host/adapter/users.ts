/** Users who sign in, of @elizaos/core from 1.7.3 on. */
import type { Store } from './engine/store.ts';
import { makeId, toId, toMs, toMsOrNow, toOptionalId } from './engine/values.ts';
import type { Id, User } from './types.ts';

type Row = {
  id: string;
  email: string;
  username: string;
  password_hash: string;
  created_at: number;
  updated_at: number;
  last_login_at: number | null;
};

export function createUsers(store: Store) {
  const find = (column: 'id' | 'email' | 'username', value: string) => {
    const row = store.find<Row>(`SELECT * FROM users WHERE ${column} = ? ORDER BY rowid LIMIT 1`, value);
    return row ? toUser(row) : null;
  };

  return {
    async getUserById(id: Id) {
      return find('id', toId(id));
    },

    async getUserByEmail(email: string) {
      return find('email', email.toLowerCase());
    },

    async getUserByUsername(username: string) {
      return find('username', username);
    },

    /** Throws where the id or the e-mail address is taken. */
    async createUser(user: User) {
      const row: Row = {
        id: toOptionalId(user.id) ?? makeId(),
        // By that it is looked for.
        email: user.email.toLowerCase(),
        username: user.username,
        password_hash: user.passwordHash,
        created_at: toMsOrNow(user.createdAt),
        updated_at: toMsOrNow(user.updatedAt),
        last_login_at: user.lastLoginAt ? toMs(user.lastLoginAt) : null,
      };
      store.run(
        `INSERT INTO users (id, email, username, password_hash, created_at, updated_at, last_login_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...Object.values(row),
      );
      return toUser(row);
    },

    async updateUserLastLogin(userId: Id): Promise<void> {
      store.update('users', { last_login_at: Date.now() }, 'id = ?', toId(userId));
    },
  };
}

const toUser = (row: Row) => ({
  id: row.id,
  email: row.email,
  username: row.username,
  passwordHash: row.password_hash,
  createdAt: new Date(row.created_at),
  updatedAt: new Date(row.updated_at),
  lastLoginAt: row.last_login_at === null ? null : new Date(row.last_login_at),
});
