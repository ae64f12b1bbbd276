/** What says, in well-known labels, what stands elsewhere (title, version, description, architecture, time), or how it was packed. */
const SAID_ELSEWHERE =
  /(?:^|[.-])(?:title|name|version|description|created|build-date|build-arch|architecture|schema-version)$|\.usage(?:\.|$)|\.deffile\./i;

/** The labels of an image that say something of their own, in their order. */
export function tellingLabels(labels: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(labels).filter(([name]) => !SAID_ELSEWHERE.test(name));
}

/** `org.opencontainers.image.authors` → `authors`: the well-known name spaces are left out. */
export function shortLabel(name: string): string {
  return name.replace(/^org\.(?:opencontainers\.image|label-schema)\./, '');
}
