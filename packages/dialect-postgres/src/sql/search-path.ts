/**
 * The names in `search_path`, also those that `current_schemas` leaves out because this user may not use them. A quoted one may hold commas.
 */
export const searchPath = `SELECT CASE
    WHEN name IN ('$user', '"$user"') THEN current_user
    WHEN name ^@ '"' THEN replace(substr(name, 2, length(name) - 2), '""', '"')
    ELSE lower(name) END
  FROM (SELECT btrim(each[1]) AS name
    FROM regexp_matches(current_setting('search_path'), '("(?:[^"]|"")*"|[^,"]+)', 'g') AS each) names`
