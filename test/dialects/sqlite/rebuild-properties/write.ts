import type { Random } from '../../../kit/random.ts'

/** Puts white space and comments between tokens the way people and tools would, and otherwise. */
export interface Writer {
  join(tokens: readonly string[]): string
  /** `CREATE TABLE name (definitions) options`. */
  createTable(name: string, definitions: readonly (readonly string[])[], options: readonly string[]): string
}

const tight = new Set(['(', ')', ','])

export function writer(random: Random, features: Set<string>): Writer {
  const style = random.weighted([
    [3, 'tidy'],
    [2, 'lines'],
    [3, 'wild'],
  ] as const)
  let notes = 0
  const comment = (): string => {
    features.add('comments')
    notes++
    return random.pick([
      `/* note ${notes} */`,
      `/* note ${notes}: ), ( ' " ] */`,
      `-- note ${notes}\n`,
      `-- note ${notes}: it's, (half\n`,
      `/**note ${notes}**/`,
    ])
  }
  const gap = (left: string, right: string): string => {
    const needless = tight.has(left) || tight.has(right)
    if (style !== 'wild') return needless ? '' : ' '
    const space = random.pick([' ', ' ', ' ', '  ', '\n', '\t', '\r\n  ', ...(needless ? ['', '', ''] : [])])
    return random.chance(0.06) ? `${space}${comment()}${random.pick(['', ' ', '\n'])}` : space
  }
  const join = (tokens: readonly string[]): string =>
    tokens.map((token, at) => (at === 0 ? '' : gap(tokens[at - 1] ?? '', token)) + token).join('')
  return {
    join,
    createTable(name, definitions, options) {
      const line = style === 'tidy' ? '' : '\n  '
      const body = definitions.map((tokens, at) => {
        const remark = style !== 'tidy' && random.chance(0.15) ? ` ${comment()}` : ''
        const end = at === definitions.length - 1 ? '' : ','
        return `${line || (at === 0 ? '' : ' ')}${join(tokens)}${random.chance(0.5) ? end + remark : remark + end}`
      })
      const head = style === 'wild' && random.chance(0.3) ? 'create table if not exists' : 'CREATE TABLE'
      const tail = join(options.flatMap((option, at) => (at === 0 ? [option] : [',', option])))
      return `${head} ${name}${random.pick([' ', ''])}(${body.join('')}${style === 'tidy' ? '' : '\n'})${tail === '' ? '' : ` ${tail}`}`
    },
  }
}
