import { invalidFolder } from './foreign-folder.ts'

interface Sections {
  readonly tool: string
  readonly up: RegExp
  readonly down: RegExp
  /** In the mark of a section, or anywhere in the text: the tool runs it outside a transaction. */
  readonly nonTransactional: RegExp
}

/** Tools that keep upgrade and downgrade in one file, by the lines that begin them. */
const marks: readonly Sections[] = [
  {
    tool: 'dbmate',
    up: /^--[ \t]*migrate:up\b.*$/m,
    down: /^--[ \t]*migrate:down\b.*$/m,
    nonTransactional: /^--[ \t]*migrate:(?:up|down)\b.*\btransaction:false\b/,
  },
  {
    tool: 'goose',
    up: /^--[ \t]*\+goose[ \t]+up\b.*$/im,
    down: /^--[ \t]*\+goose[ \t]+down\b.*$/im,
    nonTransactional: /^--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im,
  },
  {
    tool: 'node-pg-migrate',
    up: /^[ \t]*--[ \t]*up[ \t]+migration\b.*$/im,
    down: /^[ \t]*--[ \t]*down[ \t]+migration\b.*$/im,
    nonTransactional: /(?!)/,
  },
]

interface Section {
  readonly text: string
  readonly nonTransactional: boolean
}

interface FileSections {
  readonly up: Section
  readonly down?: Section
}

/** The line that begins a section belongs to the tool; what follows is the text. */
function sectionFrom(
  text: string,
  mark: RegExpExecArray,
  end: number,
  { nonTransactional }: Sections,
  whole: boolean,
): Section {
  const body = text.slice(mark.index + mark[0].length, end).replace(/^\n/, '')
  return { text: body, nonTransactional: nonTransactional.test(mark[0]) || whole }
}

const isBlank = (text: string): boolean => text.split('\n').every((line) => /^\s*(?:--.*)?$/.test(line))

/**
 * The upgrade and the downgrade of a file that has both; a file without such lines is the upgrade, whole.
 *
 * Throws REVISION_FILE_INVALID for a file that has the downgrade only, or has it first, and for SQL before the first section.
 */
export function sectionsOf(file: string, text: string): FileSections {
  for (const each of marks) {
    const [up, down] = [each.up.exec(text), each.down.exec(text)]
    if (up === null && down === null) continue
    if (up === null) throw invalidFolder(file, `it has a downgrade section of ${each.tool} and no upgrade section`)
    if (down !== null && down.index < up.index)
      throw invalidFolder(file, `the downgrade section of ${each.tool} stands before the upgrade section`)
    const before = text.slice(0, up.index)
    if (!isBlank(before)) throw invalidFolder(file, `there is SQL before the line \`${up[0].trim()}\``)
    const whole = each.nonTransactional.test(before)
    const first = sectionFrom(text, up, down?.index ?? text.length, each, whole)
    return down === null ? { up: first } : { up: first, down: sectionFrom(text, down, text.length, each, whole) }
  }
  return { up: { text, nonTransactional: false } }
}
