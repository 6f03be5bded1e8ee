#pragma once

#include "services/catalog/domain/event.h"
