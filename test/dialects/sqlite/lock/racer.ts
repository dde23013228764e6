/** One of the processes that want one lock. It says each thing it does in a line, and does what it is told by the first word. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'

const [what = '', file = '', last = ''] = process.argv.slice(2)
const lockFile = `${file}-migrate.lock`
const log = `${file}.log`

const session = await sqliteDialect({ url: file }).connection.connect({ purpose: 'run' })
const lock = session.runLock?.('migrate_history')
if (lock === undefined) throw new Error('there is no lock')

async function taken(): Promise<void> {
  while (!(await lock?.take())) await sleep(Math.random() * 5)
}

/** What a reader with a handle of its own finds in the row. */
function visiblePid(): unknown {
  const reader = new Database(lockFile, { readonly: true })
  try {
    return reader.prepare('SELECT pid FROM run_lock').pluck().get()
  } finally {
    reader.close()
  }
}

if (what === 'hold') {
  await taken()
  process.stdout.write('held\n')
  await sleep(600_000)
}

if (what === 'backup') {
  const outcome = await session.backup?.(last).catch((error: unknown) => error)
  process.stdout.write(JSON.stringify(outcome ?? 'done'))
}

if (what === 'churn') {
  process.stdout.write('begun\n')
  for (;;) {
    await taken()
    await lock.release()
    await sleep(0)
  }
}

if (what === 'race') {
  for (let round = 0; round < Number(last); round += 1) {
    await taken()
    // Made by O_EXCL: a second holder would stumble over it.
    writeFileSync(`${file}.inside`, String(process.pid), { flag: 'wx' })
    const pid = visiblePid()
    if (pid !== process.pid) throw new Error(`${process.pid} holds the lock, and readers see ${pid}`)
    if (Math.random() < 0.5) await sleep(Math.random() * 3)
    if (!(await lock.holds())) throw new Error('it was not held to the end')
    if (readFileSync(`${file}.inside`, 'utf8') !== String(process.pid)) throw new Error('another process was inside')
    appendFileSync(log, `${process.pid}\n`)
    rmSync(`${file}.inside`)
    if (!(await lock.release())) throw new Error('it was not ours when it was released')
  }
  await session.close()
}
