import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/mysql'
import { mysqlDriver } from '../../kit/drivers.ts'
import { declaredItem } from './drizzle.ts'
import { conformanceOn } from './server.ts'

for (const server of ['mariadb', 'mariadb-next'] as const) {
  conformanceOn(server, {
    name: 'MariaDB',
    flavour: 'mariadb',
    transactional: false,
    dialect: (url) => mysqlDialect({ url, ...mysqlDriver }),
    drizzle: (db) =>
      drizzleOf(db).transaction(async (inner) => {
        await inner.insert(toDrizzle(declaredItem)).values({ id: 90, name: 'out' })
        throw new Error('out of the transaction')
      }),
  })
}
