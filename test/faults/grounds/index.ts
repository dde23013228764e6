import type { Ground, GroundName } from './ground.ts'
import { mysqlGround } from './mysql.ts'
import { postgresGround } from './postgres.ts'
import { sqliteGround } from './sqlite.ts'

const makers: { readonly [N in GroundName]: () => Promise<Ground> } = {
  sqlite: () => sqliteGround(),
  postgres: () => postgresGround('postgres'),
  'postgres-next': () => postgresGround('postgres-next'),
  mariadb: () => mysqlGround('mariadb'),
  'mariadb-next': () => mysqlGround('mariadb-next'),
  mysql: () => mysqlGround('mysql'),
}

/** An empty database on that server. */
export function groundOn(name: GroundName): Promise<Ground> {
  return makers[name]()
}
