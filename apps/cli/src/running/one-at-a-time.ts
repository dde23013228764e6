import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { codeOf } from '@org/migrate-core/dialect'
import { cacheFolders } from '@org/migrate-core/node'
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

/** Between making the file and writing into it, a process is known by nothing else. */
const writingMs = 2_000

/**
 * Holds a file for this process, as a sign to others, until it is removed; a process that was killed holds nothing. Gives back the number of
 * the process that has it, 0 where that has not said it yet, undefined where it is this one's now.
 */
function holdFile(file: string): number | undefined {
  for (;;) {
    try {
      writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' })
      return undefined
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder !== undefined && holder.pid !== process.pid && (holder.pid === 0 || isAlive(holder))) return holder.pid
    takeAway(file)
  }
}

interface Holder {
  /** 0: it has not said it yet. */
  readonly pid: number
  readonly start: string
}

/** When the process began, as Linux counts it; empty elsewhere. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): string {
  try {
    // The name of the program, in parentheses, may hold both spaces and parentheses.
    const [, facts = ''] = /.*\)(.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return facts.trim().split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Undefined where no process holds it. */
function readHolder(file: string): Holder | undefined {
  try {
    const { mtimeMs } = statSync(file)
    const [pid = '', start = ''] = readFileSync(file, 'utf8').split(' ')
    if (Number(pid) > 0) return { pid: Number(pid), start }
    return Date.now() - mtimeMs < writingMs ? { pid: 0, start } : undefined
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

/** Of several that find the same dead holder, one renames its file. */
function takeAway(file: string): void {
  const own = `${file}.${process.pid}`
  try {
    renameSync(file, own)
    rmSync(own)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** In a container that was started again another program soon has the number of one that was killed. */
function isAlive({ pid, start }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now === '' || now === start
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
  for (let holder = holdFile(file); holder !== undefined; holder = holdFile(file)) {
    if (!isReported && holder !== 0)
      context.report.note(`waiting for process ${holder}, which writes a revision here (${file})`)
    isReported ||= holder !== 0
    context.signal.throwIfAborted()
    await setTimeout(100)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
