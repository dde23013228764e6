// A service on Open WebUI's schema: it reads the environment, migrates, takes old settings, and only then has its database.
import { openDatabase } from '@org/migrate-schema/database'
import { importSettings } from './import-settings.js'

const service = await openDatabase(process.env, {
  onNote: (note) => console.error(note),
  afterHead: importSettings(process.env.DATA_DIR || 'data'),
})
console.log(
  `${service.database} is at ${service.started.revision.join(', ')}: ${service.started.applied.length} steps ran.`,
)
if (service.dialect === 'sqlite') {
  const { config } = service.tables
  const rows = await service.db.select({ key: config.key }).from(config).orderBy(config.key)
  console.log(`Settings: ${rows.map(({ key }) => key).join(', ') || 'none'}`)
}
await service.close()
