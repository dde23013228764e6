// Instances of a service that start at once on an empty database, beside one that starts alone.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn } from '../kit/measure.mjs'
import { kit } from '../kit/observe.mjs'
import { makeProject } from '../kit/project.mjs'
import { configuration, idOf, revisionFiles } from '../kit/revisions.mjs'

export function stampede(pairs, server) {
  return withDatabase(server, (database) => {
    const project = makeProject({ ...revisionFiles(20), 'migrate.config.ts': configuration(database.url) })
    const { args, cwd } = project.migrate('upgrade', '--quiet')
    const check = () => {
      const [{ version_num: version }] = database.run(['SELECT version_num FROM migrate_version'])
      if (version !== idOf(19)) throw new Error(`ended at ${version}`)
    }
    const subject = (count) => ({
      name: `${count} processes at once, 20 revisions, ${server.name}`,
      prepare: () => database.recreate(),
      check,
      command: { args: [kit('at-once'), String(count), ...args], cwd },
    })
    return inTurn({ pairs, floor: subject(1), subjects: [subject(8), { ...subject(32), aim: 14 }] })
  })
}
