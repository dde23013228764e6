// The folder of a run, and what is in it for the one who comes after a keeper that was killed itself.
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canEnter } from './account.mjs'
import { beganAt } from './children.mjs'
import { removeContainer } from './docker.mjs'

const prefix = 'migrate-servers-'
const notes = 'running'

/** Short: the path of a Unix socket holds about a hundred characters. */
export function makeFolder() {
  if (!canEnter(tmpdir())) throw new Error(`TMPDIR: the account of the servers cannot enter ${tmpdir()}`)
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o755)
  note(folder, `keeper ${process.pid}`)
  return folder
}

/** Notes `pid 12`, `container name`; a process with the time it began, so that a later one of that number is not meant. */
export function note(folder, line) {
  const [kind, what] = line.split(' ')
  const began = kind === 'container' ? '' : ` ${beganAt(Number(what)) ?? '-'}`
  appendFileSync(join(folder, notes), `${line}${began}\n`)
}

function notesOf(folder) {
  const path = join(folder, notes)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
}

/** A system that does not say when a process began is not believed about whose it is. */
const isThat = ([, pid, began]) => began !== '-' && beganAt(Number(pid)) === began

export async function removeContainers(folder) {
  for (const [kind, name] of notesOf(folder)) {
    // One that never came into being, or ended by itself, is not there.
    if (kind === 'container') await removeContainer(name).catch(() => undefined)
  }
}

/** Ends and removes what runs left whose keeper is no more. */
export async function sweep() {
  const own = process.getuid?.()
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found === undefined || found.uid !== own) continue
    const lines = notesOf(folder)
    const keeper = lines.find(([kind]) => kind === 'keeper')
    if (keeper === undefined || keeper[2] === '-' || isThat(keeper)) continue
    for (const line of lines.filter((each) => each[0] === 'pid' && isThat(each)))
      process.kill(Number(line[1]), 'SIGKILL')
    await removeContainers(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
