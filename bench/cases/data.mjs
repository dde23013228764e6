// Data steps over a large table: new values that JavaScript computes, and an UPDATE for each range of keys.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { memoryOf } from '../kit/observe.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { configuration } from '../kit/revisions.mjs'
import { seriesOf } from '../kit/series.mjs'

const count = 200_000

const table = `import { bigint, type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = '000000000001'
export const downRevision = null

export function upgrade(op: OperationRecorder) {
  op.createTable('item', (t) => {
    t.column('id', bigint(), { nullable: false })
    t.column('note', varchar(64), { nullable: false })
    t.column('made', varchar(80))
    t.primaryKey(['id'])
  })
}
`
const head = `import type { OperationRecorder } from '@org/migrate-core'

export const revision = '000000000002'
export const downRevision = '000000000001'
`
const steps = {
  js: `${head}
export function upgrade(op: OperationRecorder) {
  op.run('compute', {
    up: async (db) => {
      await db.backfill({
        table: 'item',
        columns: ['note'],
        batch: 5_000,
        step: async (rows) => {
          await db.updateEach({
            table: 'item',
            rows: rows.map(({ id = null, note }) => ({
              key: { id },
              set: { made: \`\${String(note).length}:\${String(note).toUpperCase()}\` },
            })),
          })
        },
      })
    },
    down: 'none',
  })
}
`,
  sql: `${head}
export function upgrade(op: OperationRecorder) {
  op.run('compute', {
    up: async (db) => {
      await db.backfill({
        table: 'item',
        columns: [],
        batch: 5_000,
        step: async (rows) => {
          const range = [rows[0]?.id ?? null, rows.at(-1)?.id ?? null]
          const made = db.dialect === 'mysql' ? "concat(char_length(note), ':', upper(note))" : "length(note) || ':' || upper(note)"
          await db.execute(\`UPDATE "item" SET "made" = \${made} WHERE "id" >= ? AND "id" <= ?\`, range)
        },
      })
    },
    down: 'none',
  })
}
`,
}

function measured({ server, how, name, aim }, pairs) {
  return withDatabase(server, (database) => {
    const project = makeProject({
      'migrations/000000000001_item.ts': table,
      'migrations/000000000002_made.ts': steps[how],
      'migrate.config.ts': configuration(database.url),
    })
    runNode(project.migrate('upgrade', '000000000001', '--quiet'))
    database.run([seriesOf(database.dialect, 'item', count, ['the note of row', null])])
    database.save()
    const check = () => {
      const [{ n }] = database.run(["SELECT count(*) AS n FROM item WHERE made LIKE '%:THE NOTE OF ROW %'"])
      if (Number(n) !== count) throw new Error(`${n} rows of ${count}`)
    }
    const command = project.migrate('upgrade', '--quiet')
    const [row] = inTurn({
      pairs,
      floor: { name: 'floor', prepare: database.restore, check, command: { args: [floor('data'), database.url, how] } },
      subjects: [
        {
          name: `${name}, ${count.toLocaleString('en-US')} rows, ${server.name}`,
          aim,
          prepare: database.restore,
          check,
          command,
        },
      ],
    })
    database.restore()
    return [{ ...row, note: `${memoryOf(command)} MB` }]
  })
}

export function data(pairs, server) {
  return [
    ...measured({ server, how: 'js', name: 'values computed in JavaScript', aim: 1.5 }, pairs),
    ...measured({ server, how: 'sql', name: 'an UPDATE for each range', aim: 1.1 }, pairs),
  ]
}
