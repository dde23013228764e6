import { harmless } from './harmless.ts'

/** Shorter ones would take ordinary words apart; inside a URL they are found by their place. */
const shortest = 4
const credentials = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):([^\s'"]*)@/gi
const parameter = /([?&](?:password|pwd|key|sslpassword|authToken)=)[^&\s'"]+/gi
const variables = ['DATABASE_PASSWORD', 'PGPASSWORD', 'MYSQL_PWD', 'CLOUDFLARE_API_TOKEN', 'TURSO_AUTH_TOKEN']

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not percent-encoded.
    return undefined
  }
}

/** What becomes of a secret in URLs, JSON, escaped output and headers. */
function spellings(secret: string): readonly string[] {
  // Half a character cannot be encoded; printed it becomes this.
  const whole = Buffer.from(secret).toString()
  const encoded = encodeURIComponent(whole)
  const strict = encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const lower = (text: string): string => text.replace(/%../g, (triplet) => triplet.toLowerCase())
  const percent = [encoded, strict, encodeURI(whole), encoded.replaceAll('%20', '+')]
  return [
    secret,
    harmless(secret),
    JSON.stringify(secret).slice(1, -1),
    ...percent,
    ...percent.map(lower),
    ...base64Of(secret),
  ]
}

/** What stands for it in base64 whatever comes before and after it; shorter than eight characters it could be anything. */
function base64Of(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const encodings = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url')
    const whole = Math.floor((before + bytes.length) / 3) * 4
    const own = text.slice(before === 0 ? 0 : before + 1, whole)
    return [own, own.replaceAll('-', '+').replaceAll('_', '/')]
  })
  return [bytes.toString('base64'), bytes.toString('base64url'), ...encodings].filter((text) => text.length >= 8)
}

/** Whether a text holds a URL with a password in it. */
export function holdsPassword(text: string): boolean {
  return text.includes('://') && [credentials, parameter].some((form) => text.search(form) !== -1)
}

/** Takes passwords out of texts: those of URLs by where they stand, those that are known also anywhere else. */
export class Secrets {
  /** The longer ones first: they may hold shorter ones. */
  #forms: readonly string[] = []

  constructor(env: NodeJS.ProcessEnv, args: readonly string[]) {
    for (const text of args) if (text.includes('://')) this.learnFrom(text)
    this.learnEnvironment(env)
  }

  learnEnvironment(env: NodeJS.ProcessEnv): void {
    for (const name of variables) this.learn(env[name])
    for (const text of Object.values(env)) if (text?.includes('://')) this.learnFrom(text)
  }

  /** Remembers the password of a database URL. */
  learnFrom(url: string): void {
    // As the dialects read it: the password may hold what a regular expression over any text has to stop at.
    const [, whole] = /^[a-z][a-z0-9+.-]*:\/\/[^:/@]*:(.*)@/is.exec(url) ?? []
    this.learn(whole)
    for (const [, , password] of url.matchAll(credentials)) this.learn(password)
    for (const [match] of url.matchAll(parameter)) this.learn(match.slice(match.indexOf('=') + 1))
  }

  learn(secret: string | undefined): void {
    if (secret === undefined) return
    for (const form of [secret, decoded(secret)]) {
      if (form === undefined || form.length < shortest) continue
      const all = new Set([...this.#forms, ...spellings(form)])
      this.#forms = [...all].sort((a, b) => b.length - a.length)
    }
  }

  scrub(text: string): string {
    let clean = text.includes('://') ? text.replace(credentials, '$1:***@') : text
    if (clean.includes('=')) clean = clean.replace(parameter, '$1***')
    for (const secret of this.#forms) if (clean.includes(secret)) clean = clean.replaceAll(secret, '***')
    return clean
  }
}
