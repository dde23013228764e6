import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../../kit/servers/chromium.mjs'

type Parameters = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Parameters
  readonly result?: Parameters
  readonly error?: { readonly message: string }
}

/** One tab of one Chromium process. */
export interface Browser {
  /** Opens an address and waits until the page answers to clicks: a page of the site, unless `ready` is given. Gives what it complained of meanwhile. */
  open(url: string, ready?: string): Promise<readonly string[]>
  /** The addresses that the page requested since it was opened, its own included. */
  requests(): readonly string[]
  /** What `prefers-color-scheme` says. */
  prefer(scheme: 'dark' | 'light'): Promise<void>
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>
  /** Repeats an expression until it is true. */
  until(expression: string): Promise<void>
  type(text: string): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** What is on the screen, or the whole page. */
  screenshot(file: string, isWhole?: boolean): Promise<void>
  close(): Promise<void>
}

const switches = [
  '--headless',
  // It opens our own pages only, and containers give no rights to make a sandbox.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--remote-debugging-pipe',
]

/** What an event says of an error; undefined for every other event. */
function complaintOf({ method, params = {} }: Message): string | undefined {
  const { type, response, errorText, canceled, exceptionDetails, args, entry } = params as {
    readonly type?: string
    readonly response?: { readonly status: number; readonly url: string }
    readonly errorText?: string
    readonly canceled?: boolean
    readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
    readonly args?: readonly { readonly value?: unknown; readonly description?: string }[]
    readonly entry?: { readonly level: string; readonly text: string; readonly url?: string }
  }
  // What a page fetches for the next click is cancelled when another page is opened.
  if (method === 'Network.loadingFailed') return canceled ? undefined : `request failed: ${errorText}`
  if (method === 'Network.responseReceived' && response !== undefined && response.status >= 400)
    return `${response.status} ${response.url}`
  if (method === 'Runtime.exceptionThrown')
    return `exception: ${exceptionDetails?.exception?.description ?? exceptionDetails?.text}`
  if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(type ?? ''))
    return `console: ${args?.map(({ value, description }) => value ?? description).join(' ')}`
  if (method === 'Log.entryAdded' && entry?.level === 'error') return `log: ${entry.text} ${entry.url ?? ''}`.trim()
  return undefined
}

/** Commands go through a pipe, so there is no port, and the browser ends with this process. */
function connect(input: Writable, output: Readable, onEvent: (message: Message) => void) {
  const pending = new Map<number, (message: Message) => void>()
  let last = 0
  let rest = ''
  output.setEncoding('utf8').on('data', (part: string) => {
    const texts = `${rest}${part}`.split('\0')
    rest = texts.pop() ?? ''
    for (const text of texts) {
      const message = JSON.parse(text) as Message
      if (message.id === undefined) onEvent(message)
      else pending.get(message.id)?.(message)
    }
  })
  output.on('close', () => {
    for (const finish of pending.values()) finish({ error: { message: 'the browser has ended' } })
  })
  input.on('error', () => undefined)
  return (method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> =>
    new Promise((resolve, reject) => {
      const id = ++last
      pending.set(id, ({ error, result = {} }) => {
        pending.delete(id)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`)
    })
}

export async function openBrowser({ command, env }: Program): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'migrate-browser-'))
  const [program, ...first] = command
  const child = spawn(program, [...first, ...switches, `--user-data-dir=${home}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: home, XDG_CACHE_HOME: home, ...env },
  })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  })
  const waiting = new Set<(method: string) => void>()
  const complaints: string[] = []
  const requests: string[] = []
  const call = connect(child.stdio[3] as Writable, child.stdio[4] as Readable, (message) => {
    const complaint = complaintOf(message)
    if (complaint !== undefined) complaints.push(complaint)
    if (message.method === 'Network.requestWillBeSent')
      requests.push((message.params as { readonly request: { readonly url: string } }).request.url)
    for (const notify of waiting) notify(message.method ?? '')
  })
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true })
  const inPage = (method: string, params?: Parameters) => call(method, params, String(sessionId))
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await inPage(`${domain}.enable`)

  const evaluate = async <T>(expression: string): Promise<T> => {
    const answer = await inPage('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (answer.exceptionDetails !== undefined)
      throw new Error(`${expression}: ${complaintOf({ method: 'Runtime.exceptionThrown', params: answer })}`)
    return (answer.result as { readonly value?: unknown }).value as T
  }
  const until = async (expression: string): Promise<void> => {
    while (!(await evaluate<boolean>(`Boolean(${expression})`))) await sleep(20)
  }
  const loaded = () =>
    new Promise<void>((resolve) => {
      const notify = (method: string) => {
        if (method !== 'Page.loadEventFired') return
        waiting.delete(notify)
        resolve()
      }
      waiting.add(notify)
    })
  return {
    evaluate,
    until,
    requests: () => [...requests],
    prefer: async (scheme) => {
      await inPage('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    },
    open: async (url, ready = "document.querySelector('#app')?.__vue_app__") => {
      complaints.length = 0
      requests.length = 0
      const event = loaded()
      await inPage('Page.navigate', { url })
      await event
      await until(ready)
      return [...complaints]
    },
    type: async (text) => {
      await inPage('Input.insertText', { text })
    },
    resize: async (width, height) => {
      const size = { width, height, deviceScaleFactor: 1, mobile: width < 600 }
      await inPage('Emulation.setDeviceMetricsOverride', size)
    },
    screenshot: async (file, isWhole = false) => {
      const { data } = await inPage('Page.captureScreenshot', { format: 'png', captureBeyondViewport: isWhole })
      writeFileSync(file, Buffer.from(String(data), 'base64'))
    },
    close: async () => {
      await call('Browser.close').catch(() => undefined)
      await ended
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
