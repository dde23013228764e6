import { jsonObject } from './json-parts.ts'

type Reader = (text: string) => string | undefined

/** Digits as they stand: JSON knows neither a plus sign nor leading zeros. */
const integer: Reader = (text) => {
  const parts = /^([+-]?)0*(\d+)$/.exec(text)
  return parts === null ? undefined : `${parts[1] === '-' ? '-' : ''}${parts[2]}`
}

const float: Reader = (text) => {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? JSON.stringify(value) : undefined
}

const boolean: Reader = (text) => String(text.toLowerCase() === 'true')

const readers: readonly (readonly [Reader, readonly string[]])[] = [
  [
    integer,
    [
      'mirostat',
      'num_ctx',
      'repeat_last_n',
      'seed',
      'num_predict',
      'top_k',
      'num_keep',
      'num_batch',
      'num_gpu',
      'main_gpu',
      'num_thread',
    ],
  ],
  [
    float,
    [
      'mirostat_eta',
      'mirostat_tau',
      'repeat_penalty',
      'temperature',
      'tfs_z',
      'top_p',
      'typical_p',
      'presence_penalty',
      'frequency_penalty',
    ],
  ],
  [boolean, ['penalize_newline', 'numa', 'low_vram', 'f16_kv', 'vocab_only', 'use_mmap', 'use_mlock']],
]

function quoted(content: string, keyword: string): string | undefined {
  return new RegExp(`${keyword}\\s+"""([\\s\\S]+?)"""`, 'i').exec(content)?.[1]?.trim()
}

/** What a modelfile says: the model it builds on, and the `params` object of the model as JSON. */
export function readModelfile(content: string): { readonly from: string | undefined; readonly params: string } {
  // The whole reference: `llama3:8b`, `registry/model:7b`, or a path in quotes.
  const from = /^FROM[^\S\r\n]+(?:"([^"\r\n]+)"|(\S+))/im.exec(content)
  const params: [string, string][] = []

  const template = quoted(content, 'TEMPLATE')
  if (template !== undefined) params.push(['template', JSON.stringify(template)])

  const stops = [...content.matchAll(/PARAMETER stop "(.*?)"/gi)].map((match) => JSON.stringify(match[1]))
  if (stops.length > 0) params.push(['stop', `[${stops.join(', ')}]`])

  for (const [read, names] of readers) {
    for (const name of names) {
      const text = new RegExp(`PARAMETER ${name} (.+)`, 'i').exec(content)?.[1]
      const value = text === undefined ? undefined : read(text.trim())
      if (value !== undefined) params.push([name, value])
    }
  }

  const adapter = /ADAPTER (.+)/i.exec(content)?.[1]
  if (adapter !== undefined) params.push(['adapter', JSON.stringify(adapter)])

  const system = quoted(content, 'SYSTEM') ?? /SYSTEM\s+([^\n]+)/i.exec(content)?.[1]?.trim()
  if (system !== undefined) params.push(['system', JSON.stringify(system)])

  const messages = [...content.matchAll(/MESSAGE (\w+) (.+)/gi)].map(
    (match) => `{"role": ${JSON.stringify(match[1])}, "content": ${JSON.stringify(match[2])}}`,
  )
  if (messages.length > 0) params.push(['messages', `[${messages.join(', ')}]`])

  return { from: from?.[1] ?? from?.[2], params: jsonObject(params) }
}
