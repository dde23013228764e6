import { postgresDialect } from '@org/migrate-dialect-postgres'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/postgres'
import { postgresDriver } from '../../kit/drivers.ts'
import { declaredItem } from './drizzle.ts'
import { conformanceOn } from './server.ts'

conformanceOn('postgres', {
  name: 'PostgreSQL',
  flavour: 'postgres',
  transactional: true,
  dialect: (url) => postgresDialect({ url, ...postgresDriver }),
  drizzle: (db) =>
    drizzleOf(db).transaction(async (inner) => {
      await inner.insert(toDrizzle(declaredItem)).values({ id: 90, name: 'out' })
      throw new Error('out of the transaction')
    }),
})
