/**
 * Words by which robots say what they are. CUBOT is a maker of phones. In a file of its own,
 * because the generator of data/declared-bots.json leaves out what these words already find.
 */
export const BOT_WORD =
  /(?<!cu)bots?(?![a-z])|robot|(?<!cu)bot(?:_|\d)|crawl|spider|scrap(?:e|er|ers|ing|y)\b|slurp|harvest(?:er|ing)|(?:web|site|link|page|domain|data|email|content)[ _-]?(?:extract|collect|gather|explor|search|thumbnail|snapshot|grabber|miner)/i;
