# The monitor in a container; docs/run/docker.md says how to run it.
FROM python:3.11-slim AS wheel
WORKDIR /source
COPY requirements-build.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY . .
RUN python -m hatchling build --target wheel --directory /wheel
# TONE=1 adds the small language model.
ARG TONE
RUN if [ -n "$TONE" ]; then cd tone_model && python -m hatchling build --target wheel --directory /wheel; fi

FROM python:3.11-slim
ARG TONE
COPY requirements.txt requirements-tone.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt ${TONE:+-r /tmp/requirements-tone.txt}
COPY --from=wheel /wheel /tmp/wheel
RUN pip install --no-cache-dir --no-deps --no-index /tmp/wheel/*.whl && rm -r /tmp/wheel /tmp/requirements*.txt
RUN useradd --uid 10001 --no-create-home --home-dir /campaign monitor \
 && install -d -o monitor -g monitor -m 750 /campaign /campaign/data /campaign/backups
USER monitor
WORKDIR /campaign
VOLUME ["/campaign/data", "/campaign/backups"]
EXPOSE 8000
# 503 while numbers stand still, too
HEALTHCHECK --interval=1m --timeout=10s --start-period=2m \
 CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=9)"]
CMD ["monitor", "up", "--host", "0.0.0.0"]
