import { join } from 'node:path'
import { defineConfig } from '@org/cli'
import { readEnvironment } from '@org/migrate-schema/environment'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { refuseOldName } from './open-webui/old-name.ts'

// Whether the database has schemas is said by the URL that is used, which may be that of --url.
const { DATABASE_SCHEMA: schema, ...env } = process.env
const { settings, notes } = readEnvironment(env, { dataFolder: join(import.meta.dirname, 'data') })
refuseOldName(settings)

export default defineConfig({
  url: settings.url,
  ...(schema ? { schema } : {}),
  notes,
  tiers: openWebuiTiers(),
})
