/**
 * Tables with a head, as `sacctmgr -P` and `sshare -P` print them: the head tells which columns a release knows, in which order. One
 * record per row, by the names of the head in lower case without spaces and dots, since these differ between releases (`Par Name`,
 * `ParentName`). Rows with another number of cells are no rows. Never throws.
 */
export function tableRows(text: string, key: string): Map<string, string>[] {
  let head: string[] | null = null;
  const rows: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const names = cells.map((cell) => cell.toLowerCase().replaceAll(/[ .]/g, ''));
    // a table that was asked for in several calls has its head several times
    if (names.length > 1 && names.includes(key)) head = names;
    else if (head?.length === cells.length) rows.push(new Map(head.map((name, i) => [name, cells[i] ?? ''])));
  }
  return rows;
}
