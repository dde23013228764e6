// The schema of a large database on a server, read into the model.
import { inTurn, runNode } from '../kit/measure.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { withDatabase } from '../kit/server-database.mjs'
import { kit, roundTrips } from '../kit/server-runs.mjs'

/** Ten columns, two indexes, a foreign key to the table before. */
function tableAt(/** @type {number} */ at) {
  const name = `part_${at}`
  return [
    `CREATE TABLE ${name} (id BIGINT NOT NULL PRIMARY KEY, before_id BIGINT, code VARCHAR(32) NOT NULL, title VARCHAR(255) NOT NULL DEFAULT '',
      note TEXT, price NUMERIC(10, 2) NOT NULL DEFAULT 0, amount INTEGER NOT NULL DEFAULT 1, open BOOLEAN NOT NULL DEFAULT TRUE,
      made_on DATE, changed_at TIMESTAMP NULL, CONSTRAINT ${name}_before FOREIGN KEY (before_id) REFERENCES part_${Math.max(0, at - 1)} (id))`,
    `CREATE INDEX ${name}_title ON ${name} (title, made_on)`,
    `CREATE UNIQUE INDEX ${name}_code ON ${name} (code)`,
  ]
}

export function introspectOn(
  /** @type {number} */ pairs,
  /** @type {import('../kit/server-database.mjs').Server} */ server,
) {
  return [100, 1000].flatMap((count) =>
    withDatabase(server, (database) => {
      const project = makeProject({})
      database.run(Array.from({ length: count }, (_, at) => tableAt(at)).flat())
      if (database.isPostgres) database.run(['VACUUM ANALYZE'])
      const file = project.at('queries.bin')
      runNode({ args: [kit('introspect'), database.url, file] })
      const check = (/** @type {string} */ stdout) => {
        if (Number(stdout) !== count) throw new Error(`${stdout} tables`)
      }
      const rows = { args: [floor('introspect'), database.url, file] }
      const command = { args: [kit('introspect'), database.url] }
      const [measured] = inTurn({
        pairs,
        floor: { name: 'floor', command: rows },
        subjects: [{ name: `introspect ${count} tables, ${server.name}`, aim: '<= 1.5x', command, check }],
      })
      const [theirs, ours] = [rows, command].map((each) => roundTrips(each, project.at('round-trips')))
      return [{ ...measured, note: `round trips ${theirs}, ${ours}` }]
    }),
  )
}
