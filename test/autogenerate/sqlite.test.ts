import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe } from 'vitest'
import { sqliteFiles } from '../autogenerate-realise/kit.ts'
import { features, words } from '../conformance/subjects.ts'
import { pairsHold } from './pairs/property.ts'

describe('sqlite', () => {
  const file = sqliteFiles()
  pairsHold({
    name: 'SQLite',
    flavour: 'sqlite',
    words: words.sqlite,
    random: features.sqlite,
    transactional: true,
    open: async () => {
      const { url, sql, drop } = file()
      return { dialect: sqliteDialect({ url }), sql, close: drop }
    },
  })
})
