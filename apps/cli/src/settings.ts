/** What the options that every command takes say. */
export interface Settings {
  readonly tier?: string
  readonly url?: string
  readonly config?: string
  readonly dotenv?: string
  /** One of `databases`. */
  readonly database?: string
  /** Each of `databases`. */
  readonly all: boolean
  readonly json: boolean
  /** `json`: each event is a line of JSON on stderr, with its time. */
  readonly log?: 'json'
  readonly quiet: boolean
  /** Each statement as it runs, and how long it took. */
  readonly verbose: boolean
  /** The words of the command that was called: `upgrade`, `lock status`. */
  readonly command: string
  /** `-x key=value`; a bare key is ''. Without a prototype. */
  readonly x: Readonly<Record<string, string>>
  readonly ignoreForeignHistory: readonly string[]
  /** In ms; absent: what the configuration says. */
  readonly lockWait?: number
  readonly allowDataLoss: boolean
  readonly acceptDrift: boolean
  readonly strict: boolean
}

export const defaultSettings: Settings = {
  all: false,
  json: false,
  quiet: false,
  verbose: false,
  command: 'upgrade',
  x: Object.freeze(Object.create(null) as Record<string, string>),
  ignoreForeignHistory: [],
  allowDataLoss: false,
  acceptDrift: false,
  strict: false,
}
