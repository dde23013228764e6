import { features, fragments } from '../../../dialects/conformance/subjects.ts'
import { describeOn, familyOf, type ServerName } from '../../../kit/servers.ts'
import { dialectAt } from '../../materialise/dialect-at.ts'
import { emptied } from '../../materialise/kit.ts'
import { pairsHold } from './property.ts'

/** The property of pairs on one of the servers of a run. */
export function pairsOn(server: ServerName, name: string): void {
  const flavour = server.replace('-next', '') as 'postgres' | 'mariadb' | 'mysql'
  const family = familyOf(server)
  describeOn(server, 'pairs of schemas', () => {
    const { open, close } = emptied(server)
    pairsHold({
      name,
      flavour: family,
      fragments: fragments[flavour],
      random: features[flavour],
      transactional: family === 'postgres',
      open: async () => {
        const database = await open()
        return { dialect: dialectAt(database.url), sql: database.sql, close: () => close(database) }
      },
    })
  })
}
