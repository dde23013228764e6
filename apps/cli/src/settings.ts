/** What the options that every command takes say. */
export interface Settings {
  readonly tier?: string
  readonly url?: string
  readonly config?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly ignoreForeignHistory: readonly string[]
  /** In ms; absent: what the configuration says. */
  readonly lockWait?: number
  readonly allowDataLoss: boolean
  readonly acceptDrift: boolean
  readonly strict: boolean
}

export const defaultSettings: Settings = {
  json: false,
  quiet: false,
  ignoreForeignHistory: [],
  allowDataLoss: false,
  acceptDrift: false,
  strict: false,
}
