import { someOf } from './formatting.ts'

const ofObject = /^(.*?\bthe (?:derived )?downgrade (?:makes|does not) .*?\b)(table|column) (\S+)(| .*)$/s

/** Whether it is about one table or column, of which a revision may have many. */
export const namesObject = (note: string): boolean => ofObject.test(note)

interface Group {
  readonly note: string
  /** Equal in notes that are alike but for the name. */
  readonly form: string
  readonly names: string[]
}

function groupText({ note, names }: Group): string {
  const [, start, kind, , end = ''] = ofObject.exec(note) ?? []
  if (names.length < 2) return note
  return `${start}${kind}s ${someOf(names, 3)}${end.replace(/\bits\b/, 'their')}`
}

/** Notes that differ in the name of a table or column only, as one line. */
export function groupNotes(notes: readonly string[]): readonly string[] {
  const groups: Group[] = []
  for (const note of notes) {
    const name = ofObject.exec(note)?.[3]
    const form = note.replace(ofObject, '$1$2\n$4')
    const group = name === undefined ? undefined : groups.find((each) => each.form === form)
    if (group === undefined) groups.push({ note, form, names: name === undefined ? [] : [name] })
    else if (name !== undefined) group.names.push(name)
  }
  return groups.map(groupText)
}
