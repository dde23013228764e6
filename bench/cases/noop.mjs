// Commands with nothing to do: what a service, a pipeline or a person pays each time.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runIndexed } from '../kit/measure.mjs'
import { memoryOf, roundTripsOf } from '../kit/observe.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { configuration, idOf, revisionFiles } from '../kit/revisions.mjs'

const aimOfStart = () => (process.versions.node.startsWith('20.') ? 1.35 : 1.25)
const number = (count) => count.toLocaleString('en-US')

function expecting(pattern) {
  return (stdout) => {
    if (!pattern.test(stdout)) throw new Error(`unexpected answer: ${stdout}`)
  }
}

/** `migrate status` and `migrate upgrade` at head. */
export function noop(pairs, server) {
  return [20, 200, 2_000].flatMap((count) =>
    withDatabase(server, (database) => {
      const project = makeProject({ ...revisionFiles(count), 'migrate.config.ts': configuration(database.url) })
      runIndexed(project.migrate('upgrade', '--quiet'))
      const aim = count > 200 ? 1.5 : aimOfStart()
      const least = { args: [floor('version-row'), database.url] }
      const commands = [
        ...(count === 20 ? [{ name: 'status', args: ['status'] }] : []),
        { name: 'upgrade at head', args: ['upgrade'] },
      ]
      const measured = inTurn({
        pairs,
        floor: { name: 'floor', command: least },
        subjects: commands.map(({ name, args }) => ({
          name: `${name}, ${number(count)} revisions, ${server.name}`,
          aim,
          command: project.migrate(...args),
          check: expecting(/up to date/),
        })),
      })
      return measured.map((each, at) => {
        const command = project.migrate(...commands[at].args)
        const trips = server.url === undefined ? '' : `; round trips ${roundTripsOf(least)}, ${roundTripsOf(command)}`
        return { ...each, note: `${memoryOf(command)} MB${trips}` }
      })
    }),
  )
}

/** Many files at head: the least is to read them. */
export function files(pairs, server) {
  return [10_000, 50_000].flatMap((count) =>
    withDatabase(server, (database) => {
      const project = makeProject({ ...revisionFiles(count), 'migrate.config.ts': configuration(database.url) })
      runIndexed(project.migrate('stamp', 'head', '--quiet'))
      const command = project.migrate('upgrade')
      const measured = inTurn({
        pairs,
        floor: { name: 'floor', command: { args: [floor('read-files'), project.at('migrations')] } },
        subjects: [
          { name: `upgrade at head, ${number(count)} files`, aim: 1.5, command, check: expecting(/up to date/) },
          {
            name: `heads, ${number(count)} files`,
            aim: 1.5,
            command: project.migrate('heads'),
            check: expecting(new RegExp(idOf(count - 1))),
          },
        ],
      })
      return measured.map((each, at) => ({
        ...each,
        note: `${memoryOf(at === 0 ? command : project.migrate('heads'))} MB (aim <= 100)`,
      }))
    }),
  )
}
