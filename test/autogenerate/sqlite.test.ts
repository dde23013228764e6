import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe } from 'vitest'
import { sqliteFiles } from '../autogenerate-materialise/kit.ts'
import { features, fragments } from '../conformance/subjects.ts'
import { pairsHold } from './pairs/property.ts'

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
