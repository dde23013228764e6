import type { Mutant } from '../kit/mutants/mutant.ts'

const data = 'packages/schema/src/data'
const parts = 'test/openwebui/chain/data-helpers.test.ts'
const chats = 'test/openwebui/chain/bugs-chats.test.ts'
const tags = 'test/openwebui/chain/bugs-folders-tags.test.ts'
const rows = 'test/openwebui/chain/expected-rows.test.ts'

/** Open WebUI's chain: what happens to the rows. */
export const chainMutants: readonly Mutant[] = [
  {
    name: 'parse JSON and write it again',
    file: `${data}/json-column.ts`,
    find: 'else if (isAffinityNumber(db, text)) await keepDigits(db, what, rowKey, text, invalid)',
    replace: `else await db.execute('UPDATE "' + table + '" SET "' + column + '" = ? WHERE ' + whereKey(key), [JSON.stringify(JSON.parse(text)), ...Object.values(rowKey)])`,
    test: [chats, '242a (b) texts stay as they are written: space, escapes, equal keys, spelling of numbers'],
  },
  {
    name: 'forget the digits of a chat that is one number',
    file: `${data}/json-column.ts`,
    find: 'if (written === text) return',
    replace: 'if (written !== null) return',
    test: [chats, '242a (b) a chat that is one number comes back as it was written'],
  },
  {
    name: 'throw away a chat that is no JSON',
    file: 'packages/schema/src/revisions/242a2047eae0_update_chat_table.ts',
    find: "await db.preserve({ table: 'chat', key, column: 'chat', value, written: 'null' })",
    replace: '',
    test: [chats, '242a (a) text that is no JSON becomes null and comes back byte for byte'],
  },
  {
    name: 'parse the members of an object',
    file: `${data}/json-parts.ts`,
    find: 'members.set(name, json.slice(at, end))',
    replace: 'members.set(name, JSON.stringify(JSON.parse(json.slice(at, end))))',
    test: [parts, 'come as they are written, the last of equal names'],
  },
  {
    name: 'read big numbers as doubles',
    file: 'packages/schema/src/json-text.ts',
    find: '? BigInt(text) : new LosslessNumber(text)',
    replace: '? Number(text) : new LosslessNumber(text)',
    test: ['test/openwebui/tables/json-text.test.ts', 'gives whole numbers beyond 2^53 as bigint, others as number'],
  },
  {
    name: 'take any number for a size',
    file: `${data}/json-parts.ts`,
    find: '!/^\\d+$/.test(json)',
    replace: '!/^\\d/.test(json)',
    test: [parts, 'are sizes only where they are digits up to 2^63-1'],
  },
  {
    name: 'take a size beyond 64 bits',
    file: `${data}/json-parts.ts`,
    find: 'return value <= maxBigint ? value : undefined',
    replace: 'return value',
    test: [parts, 'are sizes only where they are digits up to 2^63-1'],
  },
  {
    name: 'leave the percent sign in a URI as it is',
    file: `${data}/file-uri.ts`,
    find: 'const unescaped = /[A-Za-z0-9',
    replace: 'const unescaped = /[%A-Za-z0-9',
    test: [parts, 'a path as a URI'],
  },
  {
    name: 'encode characters instead of bytes',
    file: `${data}/file-uri.ts`,
    find: 'new TextEncoder().encode(character)',
    replace: '[character.charCodeAt(0)]',
    test: [parts, 'a path as a URI'],
  },
  {
    name: 'ignore the offset of a date-time',
    file: `${data}/epoch.ts`,
    find: '+ second - offset)',
    replace: '+ second)',
    test: [parts, 'date-times and seconds'],
  },
  {
    name: 'forget whose tag stands beside a chat',
    file: `${data}/chat-tags.ts`,
    find: "user: String(row.user_id ?? ''),",
    replace: "user: '',",
    test: [tags, '1af9 (h) whose tag it is stands beside the chat'],
  },
  {
    name: 'keep the mark `pinned` among the tags',
    file: `${data}/chat-tags.ts`,
    find: 'const pinned = tags.delete(pinnedTag)',
    replace: 'const pinned = tags.has(pinnedTag)',
    test: [parts, 'come by time, then by the bytes of the id, each once, without the mark'],
  },
  {
    name: 'pin again what the program has unpinned',
    file: `${data}/chat-tags.ts`,
    find: 'WHERE "pinned" IS NULL\'',
    replace: "WHERE true'",
    test: [tags, 'a chat that the program pinned or tagged between the revisions keeps that'],
  },
  {
    name: 'make one tag of two users’ tags',
    file: `${data}/tag-rows.ts`,
    find: 'if (tags[0] !== undefined && tags[0].user_id !== row.user_id) {',
    replace: 'if (tags[0] !== undefined && tags[0].user_id === null) {',
    test: [tags, '1af9 (a) each user keeps their tag of one name'],
  },
  {
    name: 'rename tags that change places one after the other',
    file: `${data}/tag-rows.ts`,
    find: 'if (!renamings.some(({ to }) => old.has(to))) return update(renamings)',
    replace: 'return update(renamings)',
    test: [tags, '1af9 (b) ids that change places do not meet on the way'],
  },
  {
    name: 'drop doubles of tags without preserving them',
    file: `${data}/tag-rows.ts`,
    find: "await db.preserve({ table: 'tag', key: { id, user_id: user }, row: { id, name, user_id: user, data } })",
    replace: '',
    test: [tags, '1af9 (e) the downgrade gives ids, doubles and pins back'],
  },
  {
    name: 'put chats into folders of users that a collation takes for one',
    file: `${data}/folder-chats.ts`,
    find: 'chatRows.filter(({ user_id }) => user_id === folder.user_id)',
    replace: 'chatRows.filter(({ user_id }) => user_id !== null)',
    test: ['test/openwebui/servers/keys.test.ts', 'that differ only in case, space or accent stay apart, up and down'],
  },
  {
    name: 'leave chats in folders of other users',
    file: `${data}/folder-chats.ts`,
    find: ' AND "folder"."user_id" = "chat"."user_id")',
    replace: ')',
    test: [rows, 'the folders fixture goes from c69f45358db4 to head'],
  },
  {
    name: 'cut the base model at its colon',
    file: `${data}/modelfile-text.ts`,
    find: '|(\\S+))/im.exec(content)',
    replace: '|([^\\s:]+))/im.exec(content)',
    test: [
      'test/openwebui/chain/bugs-legacy.test.ts',
      '010 (b) the model that a modelfile builds on keeps its whole reference',
    ],
  },
  {
    name: 'drop modelfiles that cannot be read',
    file: 'packages/schema/src/legacy/010_migrate_modelfiles_to_models.ts',
    find: "await db.preserve({ table: 'modelfile', key, row: { ...row, modelfile } })",
    replace: '',
    test: ['test/openwebui/chain/bugs-legacy.test.ts', '010 (c) a modelfile without content becomes a model'],
  },
  {
    name: 'take a database of the original for ours',
    file: 'packages/schema/src/foreign-history/alembic.ts',
    find: 'if (rows.length === 0) return undefined',
    replace: 'if (rows.length >= 0) return undefined',
    test: ['test/openwebui/chain/whole-chain.test.ts', 'a database that the original has stamped is refused'],
  },
]
