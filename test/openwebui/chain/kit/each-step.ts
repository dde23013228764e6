import { expect } from 'vitest'
import { chain, steps } from './revisions.ts'

/** A database with the chain on it, as each server's kit has it. */
export interface StepDatabase {
  up(name: string, tier: 'legacy' | 'graph'): Promise<unknown>
  down(name: string, tier: 'legacy' | 'graph'): Promise<unknown>
  /** By the driver itself; names in double quotes. */
  script(sql: string): Promise<void>
  /** The first column of the first row: whole numbers as text, truth as `true` or `false`. */
  one(sql: string): Promise<unknown>
  /** All rows of all tables but the histories, each as one line. */
  data(): Promise<Readonly<Record<string, readonly string[]>>>
}

interface Step {
  /** What it makes of the rows that are there, written by hand from the description of the original. */
  readonly makes?: readonly (readonly [query: string, expected: unknown])[]
  /** What programs write once it is there: every table has a row, every column a value. */
  readonly writes?: readonly string[]
}

const modelfile = String.raw`{"title": "Model", "desc": "d", "content": "FROM llama3:8b\nPARAMETER temperature 0.5"}`

const legacy: { readonly [K in (typeof steps)[number]]: Step } = {
  '001_initial_schema': {
    writes: [
      `INSERT INTO "auth" ("id", "email", "password", "active") VALUES ('u1', 'ada@example.org', 'hash', TRUE)`,
      `INSERT INTO "user" ("id", "name", "email", "role", "profile_image_url", "timestamp")
        VALUES ('u1', 'Ada', 'ada@example.org', 'admin', '/p.png', 1700000007)`,
      `INSERT INTO "chat" ("id", "user_id", "title", "chat", "timestamp") VALUES
        ('c1', 'u1', 'First', '{"a": 9007199254740993}', 1700000001), ('c2', 'u1', 'It''s', 'no json', 1700000002)`,
      `INSERT INTO "chatidtag" ("id", "tag_name", "chat_id", "user_id", "timestamp")
        VALUES ('ct', 'My Tag', 'c1', 'u1', 1700000003)`,
      `INSERT INTO "tag" ("id", "name", "user_id", "data") VALUES ('t1', 'My Tag', 'u1', 'kept')`,
      `INSERT INTO "document" ("collection_name", "name", "title", "filename", "content", "user_id", "timestamp")
        VALUES ('col', 'doc', 'Doc', 'f.txt', '{"tags": [{"name": "x"}]}', 'u1', 1700000004)`,
      `INSERT INTO "modelfile" ("tag_name", "user_id", "modelfile", "timestamp") VALUES ('m:latest', 'u1', '${modelfile}', 1700000005)`,
      `INSERT INTO "prompt" ("command", "user_id", "title", "content", "timestamp") VALUES ('/hi', 'u1', 'Hi', 'text', 1700000006)`,
    ],
  },
  '002_add_local_sharing': {
    makes: [[`SELECT COUNT(*) FROM "chat" WHERE "share_id" IS NULL`, '2']],
    writes: [`UPDATE "chat" SET "share_id" = 's1' WHERE "id" = 'c1'`],
  },
  '003_add_auth_api_key': {
    makes: [[`SELECT COUNT(*) FROM "user" WHERE "api_key" IS NULL`, '1']],
    writes: [`UPDATE "user" SET "api_key" = 'key'`],
  },
  '004_add_archived': {
    makes: [[`SELECT COUNT(*) FROM "chat" WHERE "archived" = FALSE`, '2']],
    writes: [`UPDATE "chat" SET "archived" = TRUE WHERE "id" = 'c2'`],
  },
  '005_add_updated_at': {
    makes: [
      [`SELECT "created_at" FROM "chat" WHERE "id" = 'c1'`, '1700000001'],
      [`SELECT "updated_at" FROM "chat" WHERE "id" = 'c2'`, '1700000002'],
    ],
  },
  '006_migrate_timestamps_and_charfields': {
    makes: [
      [`SELECT "timestamp" FROM "document"`, '1700000004'],
      [`SELECT "password" FROM "auth"`, 'hash'],
      [`SELECT "title" FROM "chat" WHERE "id" = 'c2'`, "It's"],
    ],
  },
  '007_add_user_last_active_at': {
    makes: [
      [`SELECT "created_at" FROM "user"`, '1700000007'],
      [`SELECT "updated_at" FROM "user"`, '1700000007'],
      [`SELECT "last_active_at" FROM "user"`, '1700000007'],
    ],
  },
  '008_add_memory': {
    writes: [
      `INSERT INTO "memory" ("id", "user_id", "content", "updated_at", "created_at") VALUES ('m1', 'u1', 'text', 2, 1)`,
    ],
  },
  '009_add_models': {
    writes: [
      `INSERT INTO "model" ("id", "user_id", "base_model_id", "name", "meta", "params", "created_at", "updated_at")
        VALUES ('own', 'u1', NULL, 'Own', '{}', '{}', 1, 2)`,
    ],
  },
  '010_migrate_modelfiles_to_models': {
    makes: [
      [`SELECT "name" FROM "model" WHERE "id" = 'ollama-m:latest'`, 'Model'],
      [`SELECT "base_model_id" FROM "model" WHERE "id" = 'ollama-m:latest'`, 'llama3:8b'],
      [`SELECT "created_at" FROM "model" WHERE "id" = 'ollama-m:latest'`, '1700000005'],
      [`SELECT "name" FROM "model" WHERE "id" = 'own'`, 'Own'],
    ],
  },
  '011_add_user_settings': {
    makes: [[`SELECT COUNT(*) FROM "user" WHERE "settings" IS NULL`, '1']],
    writes: [`UPDATE "user" SET "settings" = '{"ui": {}}'`],
  },
  '012_add_tools': {
    writes: [
      `INSERT INTO "tool" ("id", "user_id", "name", "content", "specs", "meta", "created_at", "updated_at")
        VALUES ('tool', 'u1', 'Tool', 'code', '[]', '{}', 1, 2)`,
    ],
  },
  '013_add_user_info': {
    makes: [[`SELECT COUNT(*) FROM "user" WHERE "info" IS NULL`, '1']],
    writes: [`UPDATE "user" SET "info" = '{"a": 1}'`],
  },
  '014_add_files': {
    writes: [
      `INSERT INTO "file" ("id", "user_id", "filename", "meta", "created_at") VALUES
        ('f1', 'u1', 'a.txt', '{"path": "/data/a b.txt", "size": 12, "content_type": "text/plain"}', 1),
        ('f2', 'u1', 'b.txt', 'no json', 2)`,
    ],
  },
  '015_add_functions': {
    writes: [
      `INSERT INTO "function" ("id", "user_id", "name", "type", "content", "meta", "created_at", "updated_at")
        VALUES ('fn', 'u1', 'Fn', 'filter', 'code', '{}', 1, 2)`,
    ],
  },
  '016_add_valves_and_is_active': {
    makes: [
      [`SELECT COUNT(*) FROM "function" WHERE "is_active" = FALSE AND "valves" IS NULL`, '1'],
      [`SELECT COUNT(*) FROM "tool" WHERE "valves" IS NULL`, '1'],
    ],
    writes: [`UPDATE "function" SET "is_active" = TRUE, "valves" = '{"a": 1}'`, `UPDATE "tool" SET "valves" = '{}'`],
  },
  '017_add_user_oauth_sub': {
    makes: [[`SELECT COUNT(*) FROM "user" WHERE "oauth_sub" IS NULL`, '1']],
    writes: [`UPDATE "user" SET "oauth_sub" = 'sub'`],
  },
  '018_add_function_is_global': {
    makes: [[`SELECT COUNT(*) FROM "function" WHERE "is_global" = FALSE AND "is_active" = TRUE`, '1']],
    writes: [`UPDATE "function" SET "is_global" = TRUE`],
  },
}

const graph: { readonly [K in (typeof chain)[number]]: Step } = {
  '7e5b5dc7342b': {
    makes: [[`SELECT COUNT(*) FROM "chat"`, '2']],
    writes: [`INSERT INTO "message" ("id", "user_id", "content", "created_at") VALUES ('msg', 'u1', 'hello', 3)`],
  },
  '242a2047eae0': {
    makes: [[`SELECT COUNT(*) FROM "chat" WHERE "pinned" IS NULL AND "chat" IS NOT NULL`, '2']],
    writes: [`UPDATE "chat" SET "pinned" = TRUE WHERE "id" = 'c2'`],
  },
  '3781e22d8b01': {
    makes: [[`SELECT "content" FROM "message" WHERE "parent_id" IS NULL`, 'hello']],
    writes: [
      `UPDATE "message" SET "images" = '[1]', "files" = '[2]', "citations" = '[3]', "parent_id" = 'p'`,
      `INSERT INTO "message_reaction" ("id", "user_id", "message_id", "name", "created_at") VALUES ('r', 'u1', 'msg', 'smile', 7)`,
    ],
  },
  c69f45358db4: {
    makes: [[`SELECT COUNT(*) FROM "chat" WHERE "folder_id" IS NULL`, '2']],
    writes: [
      `INSERT INTO "folder" ("id", "user_id", "name", "items", "is_expanded", "created_at", "updated_at")
        VALUES ('fo', 'u1', 'Folder', '{"chat_ids": ["c1"]}', TRUE, '2024-10-16 02:02:35', '2024-10-16 02:02:36')`,
      `UPDATE "chat" SET "folder_id" = 'nowhere' WHERE "id" = 'c2'`,
    ],
  },
  '4ace53fd72c8': {
    makes: [
      [`SELECT "created_at" FROM "folder"`, '1729044155'],
      [`SELECT "updated_at" FROM "folder"`, '1729044156'],
    ],
  },
  d31026856c01: {
    makes: [
      [`SELECT "folder_id" FROM "chat" WHERE "id" = 'c1'`, 'fo'],
      [`SELECT "folder_id" FROM "chat" WHERE "id" = 'c2'`, null],
    ],
    writes: [`UPDATE "folder" SET "data" = '{"a": 1}'`],
  },
  '1af9b942657b': {
    makes: [
      [`SELECT "id" FROM "tag"`, 'my_tag'],
      [`SELECT "name" FROM "tag"`, 'My Tag'],
      [`SELECT "tag_id" FROM "chat_tag" WHERE "chat_id" = 'c1' AND "user_id" = 'u1'`, 'my_tag'],
      [`SELECT "created_at" FROM "chat_tag"`, '1700000003'],
    ],
    writes: [`UPDATE "tag" SET "meta" = '{"m": 1}'`],
  },
  '3ab32c4b8f59': {
    makes: [[`SELECT COUNT(*) FROM "tag" WHERE "color" IS NULL AND "icon" IS NULL`, '1']],
    writes: [`UPDATE "tag" SET "color" = 'red', "icon" = 'star'`],
  },
  '6a39f3d8e55c': {
    makes: [
      [`SELECT "name" FROM "knowledge" WHERE "id" = 'col'`, 'Doc'],
      [`SELECT "description" FROM "knowledge" WHERE "id" = 'col'`, 'doc'],
      [`SELECT "created_at" FROM "knowledge" WHERE "id" = 'col'`, '1700000004'],
    ],
    writes: [`INSERT INTO "knowledge" ("id", "user_id", "name", "created_at") VALUES ('k', 'u1', 'Mine', 8)`],
  },
  c29facfe716b: {
    makes: [
      [`SELECT "path" FROM "file" WHERE "id" = 'f1'`, 'file:///data/a%20b.txt'],
      [`SELECT COUNT(*) FROM "file" WHERE "id" = 'f2' AND "meta" IS NULL AND "path" IS NULL`, '1'],
    ],
  },
  '7826ab40b532': {
    makes: [
      [`SELECT "size" FROM "file" WHERE "id" = 'f1'`, '12'],
      [`SELECT "mime_type" FROM "file" WHERE "id" = 'f1'`, 'text/plain'],
      [`SELECT COUNT(*) FROM "file" WHERE "id" = 'f2' AND "size" IS NULL AND "hash" IS NULL`, '1'],
    ],
    writes: [`UPDATE "file" SET "access_control" = '{"read": []}', "hash" = 'abc' WHERE "id" = 'f2'`],
  },
  c0fbf31ca0db: {
    makes: [[`SELECT COUNT(*) FROM "file" WHERE "data" IS NULL AND "processed" IS NULL`, '2']],
    writes: [`UPDATE "file" SET "data" = '{}', "updated_at" = 11, "processed" = TRUE, "error" = 'e' WHERE "id" = 'f1'`],
  },
  '922e7a387820': {
    makes: [[`SELECT COUNT(*) FROM "model" WHERE "is_active" = TRUE AND "access_control" IS NULL`, '2']],
    writes: [
      `INSERT INTO "group" ("id", "name", "user_ids") VALUES ('g', 'Group', '["u1"]')`,
      `INSERT INTO "group_member" ("group_id", "user_id", "created_at") VALUES ('g', 'u1', 12)`,
      `UPDATE "model" SET "is_active" = FALSE, "access_control" = '{"read": []}' WHERE "id" = 'own'`,
      ...['knowledge', 'prompt', 'tool'].map((table) => `UPDATE "${table}" SET "access_control" = '{}'`),
    ],
  },
  ca81bd47c050: { writes: [`INSERT INTO "config" ("key", "value", "updated_at") VALUES ('ui', '{"a": 1}', 13)`] },
  af906e964978: {
    writes: [
      `INSERT INTO "feedback" ("id", "created_at", "updated_at", "message_id", "rating", "comment")
        VALUES ('fb', 1, 2, 'msg', 5, 'ok')`,
    ],
  },
  '57c599a3cb57': {
    writes: [
      `INSERT INTO "channel" ("id", "name", "type") VALUES ('ch', 'general', 'dm')`,
      `INSERT INTO "channel_member" ("id", "channel_id", "user_id", "created_at") VALUES ('cm', 'ch', 'u1', 14)`,
    ],
  },
  '9f0c9cd09105': { writes: [`INSERT INTO "note" ("id", "title", "content") VALUES ('n', 'Note', 'text')`] },
  '3af16a1c9fb6': {
    makes: [[`SELECT COUNT(*) FROM "user" WHERE "username" IS NULL AND "date_of_birth" IS NULL`, '1']],
    writes: [`UPDATE "user" SET "username" = 'ada', "bio" = 'b', "gender" = 'x', "date_of_birth" = '1815-12-10'`],
  },
  '10vr9xyets5m': {
    writes: [
      `INSERT INTO "token_group" ("name", "models", "limit", "created_at", "updated_at") VALUES ('tg', '["m"]', 100, 1, 2)`,
      `INSERT INTO "token_usage" ("group_name", "token_in", "token_out", "token_total", "updated_at") VALUES ('tg', 1, 2, 3, 4)`,
    ],
  },
  '3ff60f68c4f4': {
    makes: [[`SELECT COUNT(*) FROM "token_usage" WHERE "last_reset_date" IS NULL`, '1']],
    writes: [`UPDATE "token_usage" SET "last_reset_date" = '2024-01-01'`],
  },
  e223b100ad81: {
    makes: [[`SELECT "limit" FROM "token_group" WHERE "reset_time" IS NULL`, '100']],
    writes: [
      `UPDATE "token_group" SET "reset_schedule" = '{"at": 1}', "reset_time" = '01:00', "reset_timezone" = 'UTC'`,
      `UPDATE "token_usage" SET "last_reset_timestamp" = 15`,
    ],
  },
}

interface StepPosition {
  readonly tier: 'legacy' | 'graph'
  readonly name: string
  readonly below: string
  readonly step: Step
  /** Whether it goes down and up again, too. */
  readonly returns: boolean
}

async function climbStep(db: StepDatabase, { tier, name, below, step, returns }: StepPosition) {
  const before = await db.data()
  await db.up(name, tier)
  for (const [query, expected] of step.makes ?? [])
    expect([name, query, await db.one(query)]).toEqual([name, query, expected])
  for (const sql of step.writes ?? []) await db.script(sql)
  const above = await db.data()
  for (const [table, rows] of Object.entries(above)) expect([name, table, rows.length > 0]).toEqual([name, table, true])
  if (!returns) return

  await db.down(below, tier)
  expect([name, await db.data()]).toEqual([name, before])

  await db.up(name, tier)
  expect([name, await db.data()]).toEqual([name, above])
}

/** From an empty database to head: each step up, and each n-th also down and up, with rows in every table. */
export async function climb(db: StepDatabase, returnsEvery = 1): Promise<void> {
  for (const [at, name] of steps.entries()) {
    await climbStep(db, {
      tier: 'legacy',
      name,
      below: steps[at - 1] ?? 'base',
      step: legacy[name],
      returns: at % returnsEvery === 0,
    })
  }
  for (const [at, name] of chain.entries()) {
    await climbStep(db, {
      tier: 'graph',
      name,
      below: chain[at - 1] ?? 'base',
      step: graph[name],
      returns: at % returnsEvery === 0,
    })
  }
}
