import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cacheFolders, holdFile } from '@org/migrate-core/node'
import type { CommandContext } from '../context.ts'
import { locationsOf } from '../new-files/make-revision.ts'
import type { LoadedProject } from '../wiring.ts'

/** A file about a folder and a subject, for the commands of this user; undefined where they have no folder that may be trusted and written to. */
export function ownFile(folder: string, subject: string, ending: string): string | undefined {
  // The last one is this user's own, which can be written to.
  const cache = cacheFolders(folder).at(-1)
  if (cache === undefined) return undefined
  try {
    mkdirSync(cache, { recursive: true })
    accessSync(cache, constants.W_OK)
  } catch {
    // A read-only file system, or `node --permission` without the right to write there.
    return undefined
  }
  const digest = createHash('sha256').update(`${folder}${subject}`).digest('hex')
  return join(cache, `dev-${digest.slice(0, 24)}.${ending}`)
}

/** Two commands at once would both write the revision of one change, or behind one parent: the second one waits, and reads what is there then. */
export async function oneAtATime<T>(
  context: CommandContext,
  project: LoadedProject,
  work: () => Promise<T>,
): Promise<T> {
  const [folder = project.loaded.folder] = locationsOf(project).folders
  const file = ownFile(folder, '', 'lock')
  if (file === undefined) return work()
  let isReported = false
  let held = await holdFile(file)
  while (typeof held === 'number') {
    if (!isReported && held !== 0)
      context.report.note(`waiting for process ${held}, which writes a revision here (${file})`)
    isReported ||= held !== 0
    context.signal.throwIfAborted()
    await setTimeout(100)
    held = await holdFile(file)
  }
  try {
    return await work()
  } finally {
    held()
  }
}
