import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@org/cli'
import { readEnvironment } from '@org/migrate-schema/environment'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { refuseOldName } from './open-webui/old-name.ts'

// Whether the database has schemas is said by the URL that is used, which may be that of --url.
const { DATABASE_SCHEMA: schema, ...env } = process.env
const { settings, notes } = readEnvironment(env, { dataFolder: join(import.meta.dirname, 'data') })
refuseOldName(settings)

const fileOf = (module: string): string => fileURLToPath(import.meta.resolve(module))

export default defineConfig({
  url: settings.url,
  ...(schema ? { schema } : {}),
  notes,
  tiers: openWebuiTiers(),
  autogenerate: {
    schema: {
      sqlite: fileOf('@org/migrate-schema'),
      postgres: fileOf('@org/migrate-schema'),
      mysql: fileOf('@org/migrate-schema/declared-mysql'),
    },
  },
})
