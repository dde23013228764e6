import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the database is `webui.db` in a folder because nothing says otherwise. */
interface DataFolderSource {
  readonly source: string
  readonly dataFolder: string
}

/**
 * The start of a service renames ollama.db of an old release. A command that may only look must not, and must not continue without
 * that file's rows either. Throws.
 */
export function refuseOldName({ source, dataFolder }: DataFolderSource): void {
  const old = join(dataFolder, 'ollama.db')
  if (source !== 'DATA_DIR' || !existsSync(old)) return
  const file = join(dataFolder, 'webui.db')
  const advice = existsSync(file) ? 'keep one of the two' : `rename it to ${file}`
  throw new Error(`${old} holds the database of an old release: ${advice}, so that it is clear which database is meant`)
}
