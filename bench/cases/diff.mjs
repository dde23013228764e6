// Declared tables that a database has, compared with it: nothing is proposed.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { kit, memoryOf } from '../kit/observe.mjs'
import { floor, makeProject } from '../kit/project.mjs'

const aimOf = (floorMs) => 1.5 + 150 / floorMs

export function diff(pairs, server) {
  return [100, 1_000, 3_000].map((count) =>
    withDatabase(server, (database) => {
      const project = makeProject({})
      const file = project.at('queries.bin')
      runNode({ args: [kit('make-declared'), database.url, String(count)] })
      if (database.dialect === 'postgres') database.run(['VACUUM ANALYZE'])
      runNode({ args: [kit('introspect'), database.url, file] })
      const command = { args: [kit('diff'), database.url, String(count)] }
      const [measured] = inTurn({
        pairs,
        floor: { name: 'floor', command: { args: [floor('introspect'), database.url, file] } },
        subjects: [
          {
            name: `compare ${count.toLocaleString('en-US')} tables, ${server.name}`,
            command,
            check: (stdout) => {
              if (stdout.trim() !== '0') throw new Error(`${stdout} changes of what is the same`)
            },
          },
        ],
      })
      const aim = Number(aimOf(measured.floorMs).toFixed(2))
      return { ...measured, aim, note: `${memoryOf(command)} MB${count === 3_000 ? ' (aim <= 120)' : ''}` }
    }),
  )
}
