import { isStorable, jsonMembers, jsonObject, jsonString } from './json-parts.ts'
import { readModelfile } from './modelfile-text.ts'

interface ModelfileRow {
  readonly tag_name: string
  readonly modelfile: string
}

/** The part of a model row that a modelfile gives. */
interface ModelOfModelfile {
  readonly id: string
  readonly base_model_id: string | null
  readonly name: string
  readonly meta: string
  readonly params: string
}

const prefix = 'ollama-'

/** The user's members with `community: true`, which overrides what stands there. */
function communityUser(user: string | undefined): string {
  const members = new Map(user === undefined ? undefined : jsonMembers(user))
  members.set('community', 'true')
  return jsonObject(members)
}

function storable(text: string | undefined): string | undefined {
  return text !== undefined && isStorable(text) ? text : undefined
}

/**
 * The model row of a modelfile row. What is missing in the modelfile becomes JSON null, a missing title the tag's name;
 * the values are copied as the text they are. Undefined where the modelfile is no JSON object.
 */
export function modelOf(row: ModelfileRow): ModelOfModelfile | undefined {
  const members = jsonMembers(row.modelfile)
  if (members === undefined) return undefined
  const member = (name: string): string => members.get(name) ?? 'null'
  const content = jsonString(members.get('content'))
  const { from, params } = readModelfile(content ?? '')
  return {
    id: prefix + row.tag_name,
    base_model_id: storable(from) ?? null,
    name: storable(jsonString(members.get('title'))) ?? row.tag_name,
    params,
    meta: jsonObject([
      ['description', member('desc')],
      ['profile_image_url', member('imageUrl')],
      ['ollama', jsonObject([['modelfile', member('content')]])],
      ['suggestion_prompts', member('suggestionPrompts')],
      ['categories', member('categories')],
      ['user', communityUser(members.get('user'))],
    ]),
  }
}

/** The modelfile row of a model row; undefined where the model was not made from a modelfile. */
export function modelfileOf(model: {
  readonly id: string
  readonly name: string
  readonly meta: string
}): ModelfileRow | undefined {
  if (!model.id.startsWith(prefix)) return undefined
  const meta = jsonMembers(model.meta)
  const ollama = meta?.get('ollama')
  const content = ollama === undefined ? undefined : jsonMembers(ollama)?.get('modelfile')
  if (meta === undefined || content === undefined) return undefined
  const member = (name: string): string => meta.get(name) ?? 'null'
  return {
    tag_name: model.id.slice(prefix.length),
    modelfile: jsonObject([
      ['title', JSON.stringify(model.name)],
      ['desc', member('description')],
      ['imageUrl', member('profile_image_url')],
      ['content', content],
      ['suggestionPrompts', member('suggestion_prompts')],
      ['categories', member('categories')],
      ['user', member('user')],
    ]),
  }
}
