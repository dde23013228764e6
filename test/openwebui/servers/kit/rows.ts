import { familyOf } from '../../../kit/servers.ts'
import { quoted } from './client.ts'
import type { MigratedDatabase } from './database.ts'

/** Rows at 018, as every server takes them. */
export const chatRow = (id: string, text: string, user = 'u1'): string =>
  'INSERT INTO "chat" ("id", "user_id", "title", "chat", "archived", "created_at", "updated_at") ' +
  `VALUES (${quoted(id)}, ${quoted(user)}, 't', ${quoted(text)}, FALSE, 1, 2);`

export const fileRow = (id: string, meta: string): string =>
  `INSERT INTO "file" ("id", "user_id", "filename", "meta", "created_at") VALUES (${quoted(id)}, 'u1', 'f', ${quoted(meta)}, 1);`

export const tagRow = (id: string, name: string | null, user = 'u1', data: string | null = null): string =>
  `INSERT INTO "tag" ("id", "name", "user_id", "data") VALUES (${[id, name, user, data].map(quoted).join(', ')});`

export const markRow = (id: string, name: string, chat: string, time = 1, user = 'u1'): string =>
  'INSERT INTO "chatidtag" ("id", "tag_name", "chat_id", "user_id", "timestamp") ' +
  `VALUES (${[id, name, chat, user].map(quoted).join(', ')}, ${time});`

export const documentRow = (id: number, content: string | null): string =>
  'INSERT INTO "document" ("id", "collection_name", "name", "title", "filename", "content", "user_id", "timestamp") ' +
  `VALUES (${id}, 'c${id}', 'n${id}', 'T${id}', 'f', ${quoted(content)}, 'u1', ${id});`

export const modelfileRow = (id: number, tagName: string, text: string): string =>
  'INSERT INTO "modelfile" ("id", "tag_name", "user_id", "modelfile", "timestamp") ' +
  `VALUES (${id}, ${quoted(tagName)}, 'u1', ${quoted(text)}, 5);`

/** Lets a column be NULL, as in databases of other origins; `type` is MySQL's, which has to be said again. */
export async function letBeNull(db: MigratedDatabase, table: string, column: string, type: string): Promise<void> {
  await db.script(
    familyOf(db.database.server) === 'postgres'
      ? `ALTER TABLE "${table}" ALTER COLUMN "${column}" DROP NOT NULL`
      : `ALTER TABLE "${table}" MODIFY COLUMN "${column}" ${type} NULL`,
  )
}

/** A trigger that lets no row of a table be changed, and the statement that takes it away. */
export async function refuseUpdates(db: MigratedDatabase, table: string): Promise<string> {
  if (familyOf(db.database.server) === 'postgres') {
    await db.script(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON "${table}" FOR EACH ROW EXECUTE FUNCTION refuse()`)
    return `DROP TRIGGER refuse ON "${table}"; DROP FUNCTION refuse()`
  }
  await db.script(
    `CREATE TRIGGER refuse BEFORE UPDATE ON "${table}" FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'`,
  )
  return 'DROP TRIGGER refuse'
}
