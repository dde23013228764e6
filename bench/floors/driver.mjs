// What every floor starts with: Node and the driver, nothing else.
import { createRequire } from 'node:module'

export const Database = createRequire(new URL('../../packages/dialect-sqlite/package.json', import.meta.url))(
  'better-sqlite3',
)
