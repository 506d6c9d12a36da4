"""A chain that does little, and nothing at all as long as a file says so."""

import time
from pathlib import Path

from processors.document import document
from processors.records import ArticleRecord, Enriched, Enrichment, EntitiesRecord, Model, QuotesRecord

MODEL = Model(name="gated", version="1")


class Gated:
    """A story whose title is the path of a file is not done before that file is gone."""

    def enrich(self, article, on_stage=None):
        while article.title and article.title.startswith("/") and Path(article.title).exists():
            time.sleep(0.01)
        if on_stage:
            on_stage("clean")
        told = {
            "uri": article.uri,
            "version": article.version_name(),
            "state": article.state,
            "source": article.source,
            "language": article.language,
            "model": MODEL,
        }
        return Enriched(
            article=ArticleRecord(
                article=document(article, text=article.body, language=article.language, entities=()),
                enrichment=Enrichment(**told, text=article.body),
            ),
            entities=EntitiesRecord(**told),
            quotes=QuotesRecord(**told),
        )
