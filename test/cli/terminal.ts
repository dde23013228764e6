import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { bin } from './project.ts'

export const keys = { enter: '\r', down: '\u001B[B', stop: '\u0003' } as const

/** A question as the terminal shows it, and what is typed once it is there. */
export type TypedAnswer = readonly [question: string, typed: string]

/** What a terminal of 120 columns shows of a command. Throws where it ends before every question was asked. */
export async function onTerminal(folder: string, command: string, ...answers: readonly TypedAnswer[]): Promise<string> {
  const child = spawn('script', ['-qec', `stty cols 120 rows 40; node "$MIGRATE" ${command}`, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, MIGRATE: bin, DATABASE_URL: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = [...answers]
  let shown = ''
  let answeredTo = 0
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    shown += part
    const [question = '', typed = ''] = waiting[0] ?? []
    const at = waiting.length === 0 ? -1 : shown.indexOf(question, answeredTo)
    if (at === -1) return
    waiting.shift()
    // What is typed makes the terminal show the question again, answered.
    answeredTo = shown.length
    child.stdin.write(typed)
  })
  await once(child, 'close')
  if (waiting.length === 0) return shown
  throw new Error(`not asked: ${waiting.map(([question]) => question).join('; ')}\n${shown}`)
}
