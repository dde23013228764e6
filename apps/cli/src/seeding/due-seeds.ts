import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { ownFile } from '../running/one-at-a-time.ts'
import type { Project } from '../wiring.ts'

/** The file that says that a database which was empty is to get its seeds: `dev` may end with an error, or be stopped, before it comes to them. */
const fileOf = ({ loaded, database }: Project): string | undefined => ownFile(loaded.folder, database, 'seed')

export function setSeedsDue(project: Project): void {
  const file = fileOf(project)
  if (file !== undefined) writeFileSync(file, project.database)
}

export function areSeedsDue(project: Project): boolean {
  const file = fileOf(project)
  return file !== undefined && existsSync(file)
}

export function clearSeedsDue(project: Project): void {
  const file = fileOf(project)
  if (file !== undefined) rmSync(file, { force: true })
}
