# One image for web, worker and migrations. Everything is fetched by the steps that bin/run takes
# (bin/lib/setup.sh), so a container holds the same locked packages as a machine set up by hand.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends gettext \
 && rm -rf /var/lib/apt/lists/*
ENV HEATHUB_VAR=/var/lib/heathub
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /app
COPY requirements/ requirements/
COPY bin/lib/ bin/lib/
RUN source bin/lib/setup.sh && setup_python runtime
RUN source bin/lib/setup.sh && setup_data_wheels
COPY package.json package-lock.json .npmrc ./
RUN source bin/lib/setup.sh && setup_frontend && rm -rf node_modules
COPY . .
RUN source bin/lib/setup.sh && setup_messages \
 && rm -rf "$HEATHUB_VAR"/secrets "$HEATHUB_VAR"/stamps "$HEATHUB_VAR"/log \
 && .venv/bin/python -m compileall -q engines heatmap sites

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home heathub \
 && install -d -o heathub /var/lib/heathub/media
COPY --from=build /app /app
COPY --from=build /var/lib/heathub/data-wheels /var/lib/heathub/data-wheels
WORKDIR /app
USER heathub
# Compiled engine code is kept where the user of the container may write.
ENV HEATHUB_VAR=/var/lib/heathub \
    PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/home/heathub/numba
VOLUME /var/lib/heathub/media
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "heatmap.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--threads", "4", "--no-control-socket", "--log-level", "warning"]
