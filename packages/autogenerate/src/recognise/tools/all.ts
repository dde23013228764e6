import type { Recogniser } from '../recogniser.ts'
import { drizzleKit } from './drizzle-kit.ts'
import { flyway } from './flyway.ts'
import { alembic, knex, kysely, mikroOrm, nodePgMigrate, peeweeMigrate, typeorm, wrangler } from './named.ts'
import { prisma } from './prisma.ts'
import { dbmate, golangMigrate, rails } from './schema-migrations.ts'
import { sequelize } from './sequelize.ts'

/** Every tool that is known. A new one is a record in this folder, and a line here. */
export const recognisers: readonly Recogniser[] = Object.freeze([
  alembic,
  drizzleKit,
  knex,
  kysely,
  sequelize,
  prisma,
  typeorm,
  nodePgMigrate,
  mikroOrm,
  dbmate,
  rails,
  golangMigrate,
  flyway,
  peeweeMigrate,
  wrangler,
])
