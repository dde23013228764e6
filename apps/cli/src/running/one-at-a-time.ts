import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core'
import { migratorDefaults } from '@org/migrate-core/internal'
import { cacheFolders, holdFile } from '@org/migrate-core/node'
import type { CommandContext } from '../context.ts'
import { locationsOf } from '../new-files/make-revision.ts'
import { duration } from '../reporters/formatting.ts'
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

function stillHeld(file: string, folder: string, pid: number, waitedMs: number): MigrateError<'LOCKED'> {
  const holder = pid === 0 ? 'another process' : `process ${pid}`
  return new MigrateError(
    'LOCKED',
    { database: folder, waitedMs, holder },
    `${holder} writes a revision in ${folder}, and has not ended within ${duration(waitedMs)}. If that process is another program, remove ${file}.`,
  )
}

/**
 * Two commands at once would both write the revision of one change, or behind one parent: the second one waits, and reads what is there
 * then. Throws LOCKED after the time for which a run would wait: a number that the system gives again can be that of another program.
 */
export async function oneAtATime<T>(
  context: CommandContext,
  project: LoadedProject,
  work: () => Promise<T>,
): Promise<T> {
  const [folder = project.loaded.folder] = locationsOf(project).folders
  const file = ownFile(folder, '', 'lock')
  if (file === undefined) return work()
  const { lockWaitMs, waitMs = migratorDefaults.waitMs } = project.loaded.config
  const mostMs = context.settings.lockWait ?? lockWaitMs ?? waitMs
  const since = performance.now()
  let isReported = false
  let held = await holdFile(file)
  while (typeof held === 'number') {
    if (!isReported && held !== 0)
      context.report.note(`waiting for process ${held}, which writes a revision here (${file})`)
    isReported ||= held !== 0
    context.signal.throwIfAborted()
    const waitedMs = Math.round(performance.now() - since)
    if (waitedMs >= mostMs) throw stillHeld(file, folder, held, waitedMs)
    await setTimeout(Math.min(100, mostMs - waitedMs))
    held = await holdFile(file)
  }
  try {
    return await work()
  } finally {
    held()
  }
}
