import { join } from 'node:path'
import { defineConfig } from '@org/cli'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { openWebuiUrl } from './open-webui/database-url.ts'

export default defineConfig({
  ...openWebuiUrl(process.env, join(import.meta.dirname, 'data')),
  tiers: openWebuiTiers(),
})
