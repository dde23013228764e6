import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What one instance told. */
export interface InstanceReport {
  readonly code: number | null
  readonly state?: string
  readonly revision?: readonly string[]
  readonly applied?: readonly string[]
  readonly failed?: string
  readonly message?: string
}

export interface StampedeOptions {
  readonly urls: readonly string[]
  readonly processes: number
  /** `lock`: without any; `session`: with the row and its lease in the place of the session's lock. */
  readonly without?: 'lock' | 'session'
}

const program = fileURLToPath(new URL('./process.mjs', import.meta.url))

function instance(url: string, start: number, without: StampedeOptions['without']): Promise<InstanceReport> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, JSON.stringify({ url, start, without })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    child.on('close', (code) => {
      const line = out.trim()
      resolve(line.startsWith('{') ? { code, ...JSON.parse(line) } : { code, failed: 'NO_ANSWER', message: out + err })
    })
  })
}

/** Starts instances that all begin in the same moment; the addresses are given out in turn. */
export function stampede({ urls, processes, without }: StampedeOptions): Promise<readonly InstanceReport[]> {
  // Loading takes each of them some tenths of a second of a processor.
  const start = Date.now() + 800 + processes * 250
  return Promise.all(
    Array.from({ length: processes }, (_, at) => instance(urls[at % urls.length] ?? '', start, without)),
  )
}

export const allRevisions = Array.from({ length: 12 }, (_, at) => `r${String(at + 1).padStart(2, '0')}`)
