// Declared tables that a database has, compared with it: nothing is proposed.
import { inTurn, median, runNode } from '../kit/measure.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { withDatabase } from '../kit/server-database.mjs'
import { kit } from '../kit/server-runs.mjs'

/** @param {{ url: string, on: string, count: number, pairs: number, analyze?: () => void }} what */
function measured({ url, on, count, pairs, analyze }) {
  const project = makeProject({})
  const file = project.at('queries.bin')
  runNode({ args: [kit('make-declared'), url, String(count)] })
  analyze?.()
  runNode({ args: [kit('introspect'), url, file] })
  const peaks = /** @type {number[]} */ ([])
  const check = (/** @type {string} */ stdout) => {
    const { proposed, megabytes } = JSON.parse(stdout)
    if (proposed !== 0) throw new Error(`${proposed} changes of what is the same`)
    peaks.push(megabytes)
  }
  const [result] = inTurn({
    pairs,
    floor: { name: 'floor', command: { args: [floor('introspect'), url, file] } },
    subjects: [
      {
        name: `diff ${count.toLocaleString('en')} tables, ${on}`,
        aim: '<= 1.6x',
        command: { args: [kit('diff'), url, String(count)] },
        check,
      },
    ],
  })
  return { ...result, note: `${median(peaks).toFixed(0)} MB` }
}

const counts = [100, 1_000, 5_000]

export function diff(/** @type {number} */ pairs) {
  return counts.map((count) => {
    const url = `sqlite:${makeProject({}).database}`
    return measured({ url, on: 'SQLite', count, pairs })
  })
}

export function diffOn(/** @type {number} */ pairs, /** @type {import('../kit/server-database.mjs').Server} */ server) {
  return counts.map((count) =>
    withDatabase(server, (database) => {
      const analyze = () => database.isPostgres && database.run(['VACUUM ANALYZE'])
      return measured({ url: database.url, on: server.name, count, pairs, analyze })
    }),
  )
}
