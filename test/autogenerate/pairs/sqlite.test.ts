import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe } from 'vitest'
import { features, fragments } from '../../dialects/conformance/subjects.ts'
import { sqliteFiles } from '../materialise/kit.ts'
import { pairsHold } from './draw/property.ts'

describe('sqlite', () => {
  const file = sqliteFiles()
  pairsHold({
    name: 'SQLite',
    flavour: 'sqlite',
    fragments: fragments.sqlite,
    random: features.sqlite,
    transactional: true,
    open: async () => {
      const { url, sql, drop } = file()
      return { dialect: sqliteDialect({ url }), sql, close: drop }
    },
  })
})
